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

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
