import ArgumentParser

/// The knobs of the embedded demo, for the verbs that start it where no scenario is given.
struct EmbeddedDemoFlags: ParsableArguments {
    @OptionGroup(title: "Demo shop, without --scenario")
    var shop: DemoCommand.ShopFlags

    @OptionGroup(title: "Simulated inference endpoint, without --scenario")
    var inference: DemoCommand.InferenceFlags

    /// The same knobs as arguments for other processes.
    var arguments: [String] { shop.arguments + inference.arguments }
}
