import ApeChannel
import ApeCore
import ApeProgram
import ArgumentParser

/// The coordinator's side of TLS.
struct TLSOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The certificate to show to workers, in PEM; read again on SIGHUP.", valueName: "file")
    )
    var tlsCert: String?

    @Option(help: ArgumentHelp("Its private key, readable by its owner only.", valueName: "file"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp("Admit only workers with a certificate by these authorities, in PEM.", valueName: "file")
    )
    var tlsClientCa: String?

    /// What the flags name, read; nil for a channel in clear text.
    func credentials() throws(ApeError) -> TLSCredentials? {
        let files = try TLSFiles(
            .coordinator,
            certificate: tlsCert,
            key: tlsKey,
            authorities: tlsClientCa,
            readPrivate: PrivateFile.key
        )
        return try files.map { files throws(ApeError) in try TLSCredentials(.coordinator, files) }
    }
}
