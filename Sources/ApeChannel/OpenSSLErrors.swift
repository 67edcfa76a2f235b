import COpenSSL
import Glibc

/// What OpenSSL left in this thread's error queue.
struct OpenSSLErrors: Equatable {
    /// The reason of the first error of libssl, the one nearest to the cause; nil where there was none.
    var reason: Int32?
    /// The first error in OpenSSL's words; nil where the queue was empty.
    var text: String?

    /// Empties the queue.
    static func take() -> OpenSSLErrors {
        var errors = OpenSSLErrors()
        while case let code = ERR_get_error(), code != 0 {
            if errors.text == nil {
                // The string is libcrypto's own and stays; it has none for errors of the system.
                errors.text = String(
                    cString: ERR_reason_error_string(code) ?? UnsafePointer(strerror(ERR_GET_REASON(code)))
                )
            }
            if errors.reason == nil, ERR_GET_LIB(code) == ERR_LIB_SSL { errors.reason = ERR_GET_REASON(code) }
        }
        return errors
    }
}
