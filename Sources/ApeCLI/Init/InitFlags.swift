import ApeCore
import ArgumentParser

/// What `ape-test init` asks for, as flags.
struct InitFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Where the application under test is.", valueName: "url"))
    var target: String?

    @Option(
        help: ArgumentHelp(
            "Its OpenAPI 3 document; one at a URL is kept beside the scenario. Empty for none.",
            valueName: "file or url"
        )
    )
    var openapi: String?

    @Option(
        help: ArgumentHelp(
            "The endpoint whose model drives the users, such as https://api.cerebras.ai/v1.",
            valueName: "url"
        )
    )
    var inference: String?

    @Option(help: ArgumentHelp("The model's name as the endpoint knows it.", valueName: "name"))
    var model: String?

    @Option(
        help: ArgumentHelp("The environment variable that holds the endpoint's key. Empty for none.", valueName: "name")
    )
    var apiKeyEnv: String?

    @Option(help: ArgumentHelp("What a user wants, in words. May be repeated.", valueName: "text"))
    var goal: [String] = []

    @Option(
        help: ArgumentHelp(
            "The request whose good answer proves the goal reached, such as \"POST /api/checkout\"; one for each --goal, "
                + "in their order.",
            valueName: "request"
        )
    )
    var proof: [String] = []

    func validate() throws {
        guard proof.count <= goal.count else {
            throw ValidationError("There are more --proof than --goal: each proves the goal in its place")
        }
    }
}
