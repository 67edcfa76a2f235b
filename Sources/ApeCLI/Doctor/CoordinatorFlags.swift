import ApeChannel
import ApeCore
import ApeProgram
import ArgumentParser

/// The coordinator that a doctor looks at, and what it is shown; as `ape-worker` takes them.
struct CoordinatorFlags: ParsableArguments {
    @Option(help: ArgumentHelp("A coordinator to greet; port 9464 unless given.", valueName: "host:port"))
    var coordinator: String?

    @Option(help: ArgumentHelp("The authorities of its certificate, in PEM.", valueName: "file"))
    var tlsCa: String?

    @Option(help: ArgumentHelp("The certificate to show to it, in PEM.", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("Its private key, readable by its owner only.", valueName: "file"))
    var tlsKey: String?

    @Option(help: ArgumentHelp("The name that its certificate must hold.", valueName: "name"))
    var tlsName: String?

    func validate() throws {
        guard coordinator != nil || (tlsCa == nil && tlsCert == nil && tlsKey == nil && tlsName == nil) else {
            throw ValidationError("The --tls flags need --coordinator: they are about the channel to it")
        }
        if let coordinator { _ = try HostPort(coordinator: coordinator) }
    }

    /// The probe that the flags ask for.
    func probe() throws(ApeError) -> CoordinatorProbe? {
        guard let coordinator else { return nil }
        let files = try TLSFiles(
            .worker,
            certificate: tlsCert,
            key: tlsKey,
            authorities: tlsCa,
            name: tlsName,
            readPrivate: PrivateFile.key
        )
        return CoordinatorProbe(
            address: try HostPort(coordinator: coordinator),
            tls: try files.map { files throws(ApeError) in try TLSCredentials(.worker, files) }
        )
    }
}
