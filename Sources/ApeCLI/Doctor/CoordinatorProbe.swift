import ApeChannel
import ApeCore
import ApeProgram
import ApeWire

/// Connects to a coordinator as a worker would, reads its greeting and leaves.
struct CoordinatorProbe: Sendable {
    static let check = "coordinator"
    /// The longest that the greeting is waited for.
    static let limit: Duration = .seconds(5)

    var address: HostPort
    var tls: TLSCredentials?

    /// What came of it, and how long the certificates on both sides are good for; `nowSeconds` counts from 1970.
    func findings(nowSeconds: Int64) async -> [Finding] {
        var findings =
            tls?.certificate.map {
                [Expiry.finding("worker.certificate", of: "The certificate of this host", $0.expires, nowSeconds)]
            } ?? []
        do throws(ApeError) {
            let connection = try await ControlClient.connect(to: address, id: 1, tls: tls)
            findings.append(Self.finding(await greeting(on: connection), at: address, isEncrypted: tls != nil))
            if let shown = connection.peerCertificate {
                let what = "The certificate of the coordinator"
                findings.append(Expiry.finding(Self.check + ".certificate", of: what, shown.expires, nowSeconds))
            }
        } catch {
            findings.append(Self.finding(error, at: address, isEncrypted: tls != nil))
        }
        return findings
    }

    /// What the coordinator said first, or why it said nothing; nil where it took too long.
    private func greeting(on connection: ControlConnection) async -> Result<Message, ApeError>? {
        await withTaskGroup(of: Result<Message, ApeError>?.self) { group in
            group.addTask {
                var codec = LineCodec()
                var said: Result<Message, ApeError>?
                let broken = await connection.receive { bytes in
                    codec.append(bytes)
                    do throws(ApeError) {
                        guard said == nil, let message = try codec.next() else { return }
                        said = .success(message)
                    } catch {
                        said = .failure(ApeError(.protocolViolation, error.message))
                    }
                    connection.close()
                }
                return said ?? .failure(broken ?? ApeError(.network, "the connection was closed without a greeting"))
            }
            group.addTask {
                // Cancelled as soon as the greeting is there.
                try? await Task.sleep(for: Self.limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    static func finding(
        _ greeting: Result<Message, ApeError>?,
        at address: HostPort,
        isEncrypted: Bool
    ) -> Finding {
        switch greeting {
        case .success(.greet(let greet)) where greet.version.major == ProtocolVersion.current.major:
            let channel = isEncrypted ? "over TLS" : "in clear text"
            let message = "The coordinator at \(address) greets with \(greet.version) \(channel)."
            return Finding(check, .ok, message)
        case .success(.greet(let greet)):
            let message = "The coordinator at \(address) speaks \(greet.version), this APE \(ProtocolVersion.current)."
            return Finding(check, .fault, message, fix: ["install the same version of APE on all hosts"])
        case .success(.error(let fault)):
            return Finding(check, .fault, "The coordinator at \(address) refuses: \(fault.message).", fix: [other])
        case .success:
            return Finding(check, .fault, "What listens at \(address) does not greet as a coordinator.", fix: [other])
        case .failure(let error): return finding(error, at: address, isEncrypted: isEncrypted)
        case nil:
            let fix = isEncrypted ? other : "\(other); \(hidden)"
            return Finding(check, .fault, "What listens at \(address) says nothing within \(limit).", fix: [fix])
        }
    }

    private static let other = "see whether ape-coordinator listens there, and not another program"

    private static let hidden = "a coordinator with TLS waits for --tls-ca"

    static func finding(_ error: ApeError, at address: HostPort, isEncrypted: Bool) -> Finding {
        let start = "start ape-coordinator, open the firewall, or correct the address"
        let fix =
            error.code == .certificate
            ? "give the authority of its certificate with --tls-ca, and the name in it with --tls-name"
            : isEncrypted ? "\(start); a coordinator without TLS takes no --tls-ca" : "\(start); \(hidden)"
        return Finding(check, .fault, "\(error).", fix: [fix])
    }
}
