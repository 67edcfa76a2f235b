/// When a request whose connection ended before the first byte of its answer may be sent again (RFC 9110, section
/// 9.2.2; RFC 9112, section 9.3.1; RFC 9113, section 8.7).
enum RepeatRule {
    /// Methods that have the same effect once and twice.
    private static let idempotent: Set<String> = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]

    static func isIdempotent(_ method: String) -> Bool {
        idempotent.contains(method)
    }

    /// - Parameters:
    ///   - method: the request's.
    ///   - wasSent: whether any of it has left.
    ///   - wasRefused: whether the server said that it has not processed it: by a stream that it refused, or by a GOAWAY
    ///     that names an earlier one.
    /// - Returns: whether it may be sent again.
    static func allows(_ method: String, wasSent: Bool, wasRefused: Bool) -> Bool {
        !wasSent || wasRefused || isIdempotent(method)
    }
}
