import ApeChannel
import ApeCore
import ApeProgram
import ArgumentParser

/// The worker's side of TLS.
struct TLSOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Speak TLS, and only with a coordinator whose certificate is by these authorities, in PEM; read again on "
                + "SIGHUP.",
            valueName: "file"
        )
    )
    var tlsCa: String?

    @Option(help: ArgumentHelp("The certificate to show to the coordinator, in PEM.", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("Its private key, readable by its owner only.", valueName: "file"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "The name or address that the coordinator's certificate must hold; that of --coordinator unless given.",
            valueName: "name"
        )
    )
    var tlsName: String?

    func validate() throws {
        if let tlsName, tlsName.isEmpty || tlsName.utf8.count > 253 || tlsName.contains(where: \.isWhitespace) {
            throw ValidationError("--tls-name \"\(tlsName)\" is not the name or the address of a host")
        }
    }

    /// What the flags name, read; nil for a channel in clear text.
    func credentials() throws(ApeError) -> TLSCredentials? {
        let files = try TLSFiles(
            .worker,
            certificate: tlsCert,
            key: tlsKey,
            authorities: tlsCa,
            name: tlsName,
            readPrivate: PrivateFile.key
        )
        return try files.map { files throws(ApeError) in try TLSCredentials(.worker, files) }
    }
}
