import ApeCore
import ApeTransfer

/// One request to where a target or an inference endpoint is, to see whether and how it answers.
struct EndpointProbe: Sendable {
    /// The longest that a connection and an answer are waited for.
    static let limitMicros: Int64 = 10_000_000
    /// The longest document that is read, in bytes.
    static let documentBytes = 1 << 24

    /// What is asked for, and how it is reached. Its headers go beside what the probe sends of itself.
    private let request: TransferRequest

    init(_ request: TransferRequest) {
        self.request = request
    }

    init(url: String) {
        var request = TransferRequest(url: url)
        request.userAgent = ApeVersion.userAgent
        self.init(request)
    }

    /// The answer's status, its times and the certificates that were shown.
    struct Answer: Sendable, Equatable {
        var status: Int
        var micros: Int64 = 0
        var nameMicros: Int64 = 0
        var certificates: [PeerCertificate] = []
        var body: [UInt8] = []
        /// Whether the body was longer than what was read of it.
        var isCut = false
    }

    /// Asks once, following redirects.
    func ask(reactor: Reactor) async -> Result<Answer, TransferError> {
        var request = request
        request.headers.insert(("Accept", "application/json, text/html;q=0.9, */*;q=0.8"), at: 0)
        request.connectTimeoutMicros = Self.limitMicros
        request.firstByteTimeoutMicros = Self.limitMicros
        request.totalTimeoutMicros = 2 * Self.limitMicros
        request.bodyLimit = Self.documentBytes
        request.wantsCertificates = true
        let client = TransferClient(reactor: reactor)
        let task = Task(executorPreference: reactor) { [request] () -> Result<Answer, TransferError> in
            do throws(TransferError) {
                let response = try await client.perform(request)
                return .success(
                    Answer(
                        status: response.status,
                        micros: response.endedMicros - response.startedMicros,
                        nameMicros: response.connection.nameLookupMicros,
                        certificates: response.certificates,
                        body: response.body,
                        isCut: response.truncated
                    )
                )
            } catch {
                return .failure(error)
            }
        }
        return await task.value
    }
}
