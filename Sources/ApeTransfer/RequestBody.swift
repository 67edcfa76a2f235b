/// The body of a request, in parts that are sent one behind the other: who says what was said before, and a little more,
/// does not copy it.
///
/// Bodies are the same where they are cut alike.
package struct RequestBody: Sendable, Hashable {
    package let parts: [[UInt8]]
    /// The bytes of all parts.
    package let count: Int

    package init(parts: [[UInt8]]) {
        self.parts = parts
        count = parts.reduce(0) { $0 + $1.count }
    }

    package init(_ bytes: [UInt8]) {
        self.init(parts: [bytes])
    }

    /// The bytes in one piece, copied.
    package var bytes: [UInt8] { Array(parts.joined()) }
}
