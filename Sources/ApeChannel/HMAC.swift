import COpenSSL

/// HMAC-SHA256 (RFC 2104, FIPS 180-4) by the distribution's own libcrypto.
package enum HMAC {
    /// Bytes of a SHA-256 digest.
    package static let digestBytes = 32

    /// The authentication code of `message` under `key`.
    package static func sha256(key: [UInt8], message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: digestBytes)
        var length: UInt32 = 0
        // The buffers live for the call alone; libcrypto writes at most `digestBytes`, which `EVP_sha256` fixes.
        let result = digest.withUnsafeMutableBufferPointer { out in
            key.withUnsafeBufferPointer { key in
                message.withUnsafeBufferPointer { message in
                    COpenSSL.HMAC(
                        EVP_sha256(),
                        key.baseAddress,
                        Int32(key.count),
                        message.baseAddress,
                        message.count,
                        out.baseAddress,
                        &length
                    )
                }
            }
        }
        precondition(result != nil && length == digestBytes, "libcrypto cannot compute HMAC-SHA256")
        return digest
    }
}
