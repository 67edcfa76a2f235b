import ApeCore

/// Computes HMAC-SHA256 of a message under a key; given from outside, for nothing here does cryptography.
package typealias Authenticator = @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]

/// How the two sides of a control channel prove to each other that they know the fleet's token, without sending it.
package enum HandshakeProof {
    /// What a worker proves itself with in `hello`, in lower-case hexadecimal.
    package static func worker(
        token: Secret,
        greetNonce: Nonce,
        helloNonce: Nonce,
        worker: String,
        authenticator: Authenticator
    ) -> String {
        let message = "ape1/worker\n\(greetNonce.text)\n\(helloNonce.text)\n\(worker)"
        return Hexadecimal.text(of: authenticator(token.revealedBytes(), Array(message.utf8)))
    }

    /// What a coordinator proves itself with in `welcome`, in lower-case hexadecimal.
    package static func coordinator(
        token: Secret,
        greetNonce: Nonce,
        helloNonce: Nonce,
        worker: String,
        authenticator: Authenticator
    ) -> String {
        let message = "ape1/coordinator\n\(helloNonce.text)\n\(greetNonce.text)\n\(worker)"
        return Hexadecimal.text(of: authenticator(token.revealedBytes(), Array(message.utf8)))
    }

    /// Whether two proofs are the same, in a time that tells nothing about where they differ.
    package static func matches(_ received: String, _ expected: String) -> Bool {
        let received = Array(received.utf8)
        let expected = Array(expected.utf8)
        guard received.count == expected.count else { return false }
        var difference: UInt8 = 0
        for index in expected.indices { difference |= received[index] ^ expected[index] }
        return difference == 0
    }
}
