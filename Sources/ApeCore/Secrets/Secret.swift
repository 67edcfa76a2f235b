/// A key or a token that no log, report or message can show by accident, nor can a value that holds it: only who asks for
/// it by name gets it.
package struct Secret: Sendable, Hashable {
    private let bytes: [UInt8]

    /// - Parameter bytes: none where there is no secret.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// The secret itself, for the one header or file that carries it.
    package func revealed() -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// The secret itself, for what proves that one knows it.
    package func revealedBytes() -> [UInt8] {
        bytes
    }
}

extension Secret: ExpressibleByArrayLiteral {
    package init(arrayLiteral bytes: UInt8...) {
        self.init(bytes)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
