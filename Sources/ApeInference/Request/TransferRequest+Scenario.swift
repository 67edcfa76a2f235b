import ApeCore
import ApeTransfer

/// How a scenario's hosts are reached: version, proxy, authorities, certificate and name of the client. Limits, gate and
/// what is asked for are the caller's.
extension TransferRequest {
    package init(to target: Scenario.Target) {
        self.init(url: target.baseURL)
        httpVersion = target.httpVersion.transferVersion
        proxy = target.proxy
        caFile = target.caFile
        clientCertificate = target.clientCertificate
        clientKey = target.clientKey
        userAgent = ApeVersion.userAgent
    }

    package init(to inference: Scenario.Inference) {
        self.init(url: inference.baseURL)
        httpVersion = inference.httpVersion.transferVersion
        proxy = inference.proxy
        caFile = inference.caFile
        userAgent = ApeVersion.userAgent
    }
}

extension Scenario.HTTPVersion {
    fileprivate var transferVersion: TransferRequest.Version {
        switch self {
        case .automatic: .automatic
        case .http1: .http1
        case .http2: .http2PriorKnowledge
        }
    }
}
