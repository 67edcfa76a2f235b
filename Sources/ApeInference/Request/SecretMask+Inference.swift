import ApeCore

extension SecretMask {
    /// Hides what is sent to an endpoint: its key with every part of it, and the headers that the scenario adds.
    package init(_ inference: Scenario.Inference?, apiKey: Secret?) {
        self.init()
        if let apiKey { hide(secret: apiKey.revealed()) }
        for header in inference?.headers ?? [] { hide(value: header.value) }
    }
}
