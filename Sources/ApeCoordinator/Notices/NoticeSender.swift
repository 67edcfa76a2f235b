import ApeCore
import ApeProgram
import ApeReport
import ApeTransfer

/// Tells webhooks of an event: again where that may help, and for a bounded time.
struct NoticeSender: Sendable {
    typealias Perform = @Sendable (TransferRequest) async throws(TransferError) -> TransferResponse

    /// What became of an event at one place.
    struct Delivery: Sendable, Equatable {
        var place: String
        var attempts: Int
        /// Why it was not taken; nil where it was.
        var failure: String?

        /// A sentence for people; nil where it was taken.
        var warning: String? {
            failure.map { "\(place) was not told of the verdict: \($0) (\(attempts.counting("attempt")))" }
        }
    }

    /// How long telling of a run may take: less where somebody waits for the program to end.
    ///
    /// - Parameter outcome: how the run ended.
    /// - Returns: the time for all places together.
    static func patienceMicros(_ outcome: RunOutcome) -> Int64 {
        outcome == .interrupted || outcome == .suspended ? 10_000_000 : 30_000_000
    }

    /// How long an answer is waited for.
    static let attemptMicros: Int64 = 10_000_000
    /// The wait before the second attempt; each further one is twice as long, up to the greatest.
    static let leastWaitMicros: Int64 = 500_000
    static let greatestWaitMicros: Int64 = 8_000_000
    /// What is kept of an answer, in bytes.
    static let bodyLimit = 1_024
    /// Answers after which the same may be sent again, beside all from 500 on.
    private static let retryable = [408, 425, 429]

    let settings: NoticeSettings
    let perform: Perform
    /// Waits for so many microseconds.
    var sleep: @Sendable (Int64) async throws -> Void = { try await Task.sleep(for: .microseconds($0)) }
    /// The monotonic clock, in microseconds.
    var now: @Sendable () -> Int64 = { MonotonicClock.nowMicros }
    /// Fleet time or the wall clock's, in seconds since 1970.
    let seconds: @Sendable () -> Int64
    /// Told at the first failure of a place that is tried again.
    var warn: @Sendable (String) -> Void = { _ in }

    /// Tells all places, side by side.
    ///
    /// - Parameters:
    ///   - notice: the event.
    ///   - id: its identifier, the same for every attempt, by which who takes it knows it again.
    ///   - withinMicros: how long that may take.
    /// - Returns: what became of it, in the order of the places.
    func send(_ notice: VerdictNotice, id: String, withinMicros: Int64) async -> [Delivery] {
        let end = now() + withinMicros
        return await withTaskGroup(of: (Int, Delivery).self) { group in
            for (place, webhook) in settings.webhooks.enumerated() {
                group.addTask { (place, await deliver(notice, id: id, to: webhook, until: end)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func deliver(_ notice: VerdictNotice, id: String, to webhook: Webhook, until end: Int64) async -> Delivery {
        var delivery = Delivery(place: webhook.place, attempts: 0)
        var wait = Self.leastWaitMicros
        while true {
            delivery.attempts += 1
            let left = end - now()
            switch await ask(request(notice, id: id, to: webhook, withinMicros: left)) {
            case .taken:
                delivery.failure = nil
                return delivery
            case .refused(let reason):
                delivery.failure = reason
                return delivery
            case .later(let reason, let after):
                if delivery.attempts == 1 { warn("\(webhook.place) was not told of the verdict yet: \(reason)") }
                delivery.failure = reason
                // In their upper half, so that many who were turned away do not come back at once.
                let pause = after ?? Int64.random(in: wait / 2...wait)
                guard now() + pause < end, (try? await sleep(pause)) != nil else { return delivery }
                wait = min(wait * 2, Self.greatestWaitMicros)
            }
        }
    }

    private enum Answer {
        case taken
        case refused(String)
        case later(String, afterMicros: Int64?)
    }

    private func ask(_ request: TransferRequest) async -> Answer {
        do throws(TransferError) {
            let response = try await perform(request)
            let status = response.status
            if (200..<300).contains(status) { return .taken }
            if (300..<400).contains(status) {
                return .refused("it answered \(status): name the place itself, redirects are not followed")
            }
            guard Self.retryable.contains(status) || status >= 500 else { return .refused("it answered \(status)") }
            let after = response.header("retry-after").flatMap { Int64($0) }.flatMap { $0 >= 0 ? min($0, 3_600) : nil }
            return .later("it answered \(status)", afterMicros: after.map { $0 * 1_000_000 })
        } catch {
            return error.kind == .cancelled
                ? .refused("there was no time left") : .later(reason(error), afterMicros: nil)
        }
    }

    /// Why there is no answer. libcurl's own sentences may name the URL, which may be a secret.
    private func reason(_ error: TransferError) -> String {
        switch error.kind {
        case .resolve: "its name has no address"
        case .refused: "nothing listens there, or no route leads there"
        case .connectTimeout: "no connection came about in time"
        case .firstByteTimeout, .totalTimeout: "no answer came in time"
        case .tls: "the TLS handshake failed, or its certificate is not trusted"
        case .closed: "the connection broke before the answer"
        case .protocolError: "its answer is no HTTP"
        case .proxy: "the proxy that the environment names lets nothing through"
        case .notAllowed, .tooManyRedirects, .cancelled, .invalidURL, .invalidRequest, .other: "it cannot be asked"
        }
    }

    private func request(_ notice: VerdictNotice, id: String, to webhook: Webhook, withinMicros left: Int64)
        -> TransferRequest
    {
        let (limit, sent) = (max(1, min(left, Self.attemptMicros)), seconds())
        let body = webhook.form == .chat ? notice.chatBody : notice.body
        var request = TransferRequest(method: "POST", url: webhook.url, body: body)
        request.headers = [
            ("Content-Type", "application/json"), ("webhook-id", id), ("webhook-timestamp", "\(sent)"),
        ]
        if let secret = settings.secret {
            request.headers.append(("webhook-signature", secret.signature(of: id, seconds: sent, body)))
        }
        request.connectTimeoutMicros = limit
        request.firstByteTimeoutMicros = limit
        request.totalTimeoutMicros = limit
        // Whoever is told is who was named.
        request.maxRedirects = 0
        request.bodyLimit = Self.bodyLimit
        request.acceptsCompression = false
        request.userAgent = "ape-coordinator/\(ApeVersion.text)"
        return request
    }
}
