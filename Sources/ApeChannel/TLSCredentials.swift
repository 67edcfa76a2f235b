import ApeCore
import Logging
import Synchronization

/// What one side of TLS shows and trusts, read from files and, when those were replaced, read again: connections that
/// stand keep what they were made with, later ones take the new.
package final class TLSCredentials: Sendable {
    private let role: TLSRole
    private let files: TLSFiles
    private let current: Mutex<TLSContext>

    /// Reads the files.
    ///
    /// - Throws: ``ApeError`` of code `file` that names the file, what is wrong with it and the way out.
    package init(_ role: TLSRole, _ files: TLSFiles) throws(ApeError) {
        self.role = role
        self.files = files
        current = Mutex(try TLSContext(role, files))
    }

    /// What connections are made with now.
    var context: TLSContext { current.withLock { $0 } }

    /// The certificate that this side shows; nil where it shows none.
    package var certificate: CertificateFacts? { context.certificate }

    /// Reads the files again. What was read before stays in use where they cannot be used.
    ///
    /// - Throws: what ``init(_:_:)`` throws.
    package func reload() throws(ApeError) {
        let fresh = try TLSContext(role, files)
        current.withLock { $0 = fresh }
    }

    /// Reads the files again and tells the log how that went.
    package func reload(logger: Logger) {
        do throws(ApeError) {
            try reload()
        } catch {
            logger.error(
                "The TLS files cannot be used; what was read before stays in use",
                metadata: ["reason": "\(error)"]
            )
            return
        }
        var metadata: Logger.Metadata = [:]
        if let certificate = context.certificate {
            metadata = ["subject": "\(certificate.subject)", "expires": "\(certificate.expires)"]
        }
        logger.notice("The TLS files were read again: new connections are made with them", metadata: metadata)
    }
}
