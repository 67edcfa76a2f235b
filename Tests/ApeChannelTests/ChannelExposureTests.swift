import ApeChannel
import ApeCore
import Testing

@Suite struct ChannelExposureTests {
    /// What is refused, by what is given: token, TLS, trust.
    private static let combinations = [
        (false, false, false), (false, false, true), (false, true, false), (false, true, true),
        (true, false, false), (true, false, true), (true, true, false), (true, true, true),
    ]

    private static func refusal(_ body: () throws(ApeError) -> Void) -> String {
        do throws(ApeError) {
            try body()
            return ""
        } catch {
            return "\(error.code.rawValue): \(error.message)"
        }
    }

    @Test(arguments: combinations)
    func thisHostNeedsNothing(hasToken: Bool, isEncrypted: Bool, isTrusted: Bool) throws {
        let exposure = ChannelExposure(hasToken: hasToken, isEncrypted: isEncrypted, isTrusted: isTrusted)
        for host in ["127.0.0.1", "::1", "localhost", "LOCALHOST"] {
            try exposure.checkListening(on: HostPort(host: host, port: 9464))
            try exposure.checkConnecting(to: HostPort(host: host, port: 9464))
        }
    }

    @Test(arguments: combinations, ["0.0.0.0", "::", "10.0.0.5", "control.example.com"])
    func otherHostsNeedATokenAndTLSOrTrust(given: (Bool, Bool, Bool), host: String) {
        let (hasToken, isEncrypted, isTrusted) = given
        let exposure = ChannelExposure(hasToken: hasToken, isEncrypted: isEncrypted, isTrusted: isTrusted)
        let address = HostPort(host: host, port: 1)
        let listening = Self.refusal { () throws(ApeError) in try exposure.checkListening(on: address) }
        let connecting = Self.refusal { () throws(ApeError) in try exposure.checkConnecting(to: address) }
        switch given {
        case (true, true, _), (true, _, true):
            #expect(listening == "")
            #expect(connecting == "")
        case (true, false, false):
            #expect(listening.hasPrefix("usage: --listen \(address) can be reached from other hosts, and the channel"))
            #expect(connecting.contains("would be in clear text"))
        case (false, false, false):
            #expect(listening.contains("give the fleet a secret with --token-file"))
            #expect(connecting.contains("would be in clear text"))
        case (false, _, _):
            #expect(listening.contains("give the fleet a secret with --token-file"))
            #expect(connecting == "usage: The coordinator \(address) is on another host: give the fleet's --token-file")
        }
    }
}
