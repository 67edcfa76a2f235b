import ApeCore
import ApeProgram
import ApeTransfer

/// Says what an endpoint's answer means, and what mends it where there is none.
struct EndpointJudgement: Sendable {
    /// The stable name's first part and what people call it: `target.shop`, "the target shop".
    var check: String
    var name: String
    var url: BaseURL
    /// The scenario's key under which the authority is named.
    var caKey: String

    /// Judges an answer, or why there is none; `nowSeconds`, since 1970, is what a certificate is judged by.
    func findings(_ result: Result<EndpointProbe.Answer, TransferError>, nowSeconds: Int64) -> [Finding] {
        switch result {
        case .failure(let error): [unreachable(error.kind, error.message)]
        case .success(let answer): [reached(answer)] + [certificate(answer.certificates, nowSeconds)].compactMap { $0 }
        }
    }

    private func reached(_ answer: EndpointProbe.Answer) -> Finding {
        let times = "in \(Milliseconds.text(answer.micros)) (name \(Milliseconds.text(answer.nameMicros)))"
        let message = "\(name) at \(url.text) answers \(answer.status) \(times)."
        guard answer.status >= 500 else { return Finding(check, .ok, message) }
        return Finding(check, .warning, message, fix: ["look into its log: a 5xx is its own failure"])
    }

    /// nil where no TLS was spoken.
    private func certificate(_ chain: [PeerCertificate], _ nowSeconds: Int64) -> Finding? {
        guard let own = chain.first else { return nil }
        return Expiry.finding(check + ".certificate", of: "The certificate of \(name)", own.expires, nowSeconds)
    }

    /// What stands in the way of a connection.
    func unreachable(_ kind: TransferError.Kind, _ message: String) -> Finding {
        let fix =
            switch kind {
            case .resolve: "correct the name in its url, or this host's DNS: getent hosts \(url.host)"
            case .refused: "start it, correct the port in its url, or open the firewall: nc -vz \(url.host) \(url.port)"
            case .connectTimeout:
                "a firewall may drop the packets, or the address is wrong: nc -vz \(url.host) \(url.port)"
            case .tls:
                "name the authority to trust with \(caKey), or have the certificate renewed for \(url.host): "
                    + "openssl s_client -connect \(url.host):\(url.port) -servername \(url.host)"
            case .closed, .protocolError: "see whether its url should begin with \(url.isSecure ? "http" : "https")://"
            case .firstByteTimeout, .totalTimeout: "find out why it takes so long: curl -v \(url.text)"
            case .tooManyRedirects: "write the url that it redirects to: curl -vL \(url.text)"
            case .proxy:
                "correct the proxy: `proxy` in the scenario, or http_proxy, https_proxy and no_proxy of the environment"
            default: "try it by hand: curl -v \(url.text)"
            }
        return Finding(check, .fault, "\(name) at \(url.text) cannot be reached: \(message).", fix: [fix])
    }
}

/// Durations as people read them.
enum Milliseconds {
    static func text(_ micros: Int64) -> String {
        micros < 10_000 ? "\(Double(micros / 100) / 10) ms" : "\(micros / 1000) ms"
    }
}
