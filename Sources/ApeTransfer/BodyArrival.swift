/// When a part of a streamed body came.
package struct BodyArrival: Sendable, Hashable {
    /// Where the part ends in the body.
    package var endByte: Int
    /// By ``MonotonicClock``.
    package var atMicros: Int64

    package init(endByte: Int, atMicros: Int64) {
        self.endByte = endByte
        self.atMicros = atMicros
    }
}
