import ApeCore

/// The secret that a fleet shares, read from a file that only its owner may read.
package enum TokenFile {
    /// The fewest bytes of a token. Shorter ones can be guessed.
    static let minimumBytes = 16
    static let maximumBytes = 4096

    /// Reads a token, without white space at its ends.
    ///
    /// - Throws: ``ApeError`` of code `file` that names the file, what is wrong with it and how to fix it.
    package static func read(_ path: String) throws(ApeError) -> Secret {
        let bytes = try PrivateFile.read(path, kind: "token file", limitBytes: maximumBytes + 1)
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let text = bytes.drop(while: isSpace)
        let token = Array(text.reversed().drop(while: isSpace).reversed())
        guard (minimumBytes...maximumBytes).contains(token.count) else {
            throw ApeError(
                .file,
                "The token in \(path) has \(token.count) bytes; it needs \(minimumBytes) to \(maximumBytes): "
                    + "make one with: openssl rand -hex 32 > \(path)"
            )
        }
        return Secret(token)
    }
}
