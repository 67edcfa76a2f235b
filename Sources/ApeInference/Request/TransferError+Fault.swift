import ApeMetrics
import ApeTransfer

extension TransferError.Kind {
    package var isTimeout: Bool {
        switch self {
        case .connectTimeout, .firstByteTimeout, .totalTimeout: true
        default: false
        }
    }

    /// Whether no connection came about, so that trying at once would spin.
    package var isUnreachable: Bool {
        switch self {
        case .resolve, .refused, .connectTimeout, .tls, .closed: true
        default: fault.isOwn
        }
    }

    /// What it is counted as.
    package var fault: AttemptFault {
        switch self {
        case .resolve: .dns
        case .refused: .refused
        case .connectTimeout, .firstByteTimeout, .totalTimeout: .timeout
        case .tls: .tls
        case .closed: .closed
        case .protocolError: .protocolError
        case .notAllowed: .notAllowed
        case .tooManyRedirects: .redirects
        case .cancelled: .cancelled
        case .invalidURL, .invalidRequest: .invalidRequest
        case .proxy, .other: .transport
        }
    }
}
