import ApeCore

/// A secret that no log, report or message can show by accident: only who asks for it by name gets it.
package struct Secret: Sendable {
    private let value: String

    package init(_ value: String) {
        self.value = value
    }

    /// The secret itself, for the one header that carries it.
    func revealed() -> String {
        value
    }
}

extension SecretMask {
    /// Hides what is sent to an endpoint: its key with every part of it, and the headers that the scenario adds.
    package init(_ inference: Scenario.Inference?, apiKey: Secret?) {
        self.init()
        if let apiKey { hide(secret: apiKey.revealed()) }
        for header in inference?.headers ?? [] { hide(value: header.value) }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
