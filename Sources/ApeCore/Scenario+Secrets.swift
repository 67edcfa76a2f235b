extension Scenario {
    /// The secrets of its workers' hosts that a scenario names, each with the key under which it does.
    package var secrets: [(key: String, source: SecretSource)] {
        var secrets: [(key: String, source: SecretSource)] = []
        switch inference?.apiKey {
        case .environment(let name): secrets.append(("inference.api_key_env", .environment(name: name)))
        case .file(let path): secrets.append(("inference.api_key_file", .file(path: path)))
        case nil: break
        }
        for target in targets {
            if let path = target.clientKey {
                secrets.append(("targets.\(target.name).client_key", .file(path: path)))
            } else if let path = target.clientCertificate {
                // Without a key of its own the certificate's file holds it.
                secrets.append(("targets.\(target.name).client_certificate", .file(path: path)))
            }
        }
        return secrets
    }
}

extension Scenario.SecretSource {
    /// The flag with which a worker lends it.
    package var flag: String {
        switch self {
        case .environment(let name): "--allow-key-env=\(name)"
        case .file(let path): "--allow-key-file=\(path)"
        }
    }
}
