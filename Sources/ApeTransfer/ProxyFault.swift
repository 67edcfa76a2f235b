import CCurl

/// What a proxy in front of a server has to do with a request that failed.
enum ProxyFault: Hashable, Sendable {
    /// Nobody can be connected to where the proxy is said to be.
    case unreachable
    /// It answers, and takes no request: the status by which it says so, 0 for none.
    case refuses(status: Int)
    /// It says that it does not get through to the server.
    case serverUnreachable(status: Int)

    /// What libcurl knows of a request's end.
    struct Evidence: Sendable {
        var code: CURLcode
        /// Whether a connection to the proxy stood.
        var isConnected: Bool
        /// How the proxy answered to CONNECT; 0 where it was not asked, or did not answer.
        var connectStatus = 0
        /// What a SOCKS proxy said.
        var socks = CURLPX_OK
    }

    /// Nil where the server, the network behind the proxy or APE itself is at fault.
    init?(_ evidence: Evidence) {
        switch evidence.code {
        case CURLE_COULDNT_RESOLVE_PROXY: self = .unreachable
        case CURLE_COULDNT_CONNECT where evidence.connectStatus == 0: self = .unreachable
        case CURLE_OPERATION_TIMEDOUT where !evidence.isConnected: self = .unreachable
        case CURLE_COULDNT_CONNECT, CURLE_RECV_ERROR:
            guard !(200..<300).contains(evidence.connectStatus), evidence.connectStatus != 0 else { return nil }
            self = Self.answered(evidence.connectStatus)
        case CURLE_PROXY where Self.serverIsAway.contains(evidence.socks): self = .serverUnreachable(status: 0)
        case CURLE_PROXY: self = .refuses(status: 0)
        default: return nil
        }
    }

    /// A gateway's statuses (RFC 9110, 15.6) tell of the server; all others tell of what the proxy lets through.
    private static func answered(_ status: Int) -> ProxyFault {
        [502, 503, 504].contains(status) ? .serverUnreachable(status: status) : .refuses(status: status)
    }

    /// What the request's failure is: the server's where the proxy does not get through to it, else the harness's.
    var kind: TransferError.Kind {
        if case .serverUnreachable = self { .refused } else { .proxy }
    }

    /// A sentence for the user.
    ///
    /// - Parameters:
    ///   - proxy: the proxy's host and port.
    ///   - origin: the server's.
    ///   - detail: libcurl's words.
    /// - Returns: the sentence, without the proxy's user and password.
    func message(proxy: String, origin: String, detail: String) -> String {
        let whose = "the proxy \(proxy) in front of \(origin)"
        return switch self {
        case .unreachable: "\(whose) cannot be reached: \(detail)"
        case .refuses(status: 407): "\(whose) asks for a user and a password (407): \(Self.whereCredentialsBelong)"
        case .refuses: "\(whose) lets nothing through: \(detail)"
        case .serverUnreachable: "\(whose) does not get through: \(detail)"
        }
    }

    private static let whereCredentialsBelong =
        "name http://user:password@host:port in http_proxy and https_proxy of the environment"

    /// The replies of SOCKS 4 and 5 that tell of the server.
    private static let serverIsAway: [CURLproxycode] = [
        CURLPX_REPLY_CONNECTION_REFUSED, CURLPX_REPLY_HOST_UNREACHABLE, CURLPX_REPLY_NETWORK_UNREACHABLE,
        CURLPX_REPLY_TTL_EXPIRED, CURLPX_REPLY_GENERAL_SERVER_FAILURE, CURLPX_REQUEST_FAILED,
    ]
}
