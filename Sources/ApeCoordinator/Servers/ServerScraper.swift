import ApeCore
import ApeMetrics
import ApeProgram
import ApeTransfer

/// Asks one server for its figures, again and again while a run goes on.
///
/// It asks a moment behind the beginning of each of its turns, by fleet time, so that a turn has one answer. An answer that
/// is late is given up before the next turn.
struct ServerScraper: Sendable {
    /// How far into a turn it asks.
    private static let offsetMicros: Int64 = 100_000

    private let target: ScrapeTarget
    private let request: TransferRequest

    /// - Throws: ``ApeError`` for a token that this host does not have.
    init(_ target: ScrapeTarget) throws(ApeError) {
        self.target = target
        var request = TransferRequest(url: target.url, headers: [("Accept", ServerPage.accept)])
        request.headers += target.headers.map { ($0.name, $0.value) }
        if let token = target.token {
            let secret = try token.read("the token of scrape \(target.name)", on: "the coordinator's host")
            request.headers.append(("Authorization", "Bearer \(secret)"))
        }
        request.userAgent = ApeVersion.userAgent
        request.connectTimeoutMicros = target.waitMicros
        request.firstByteTimeoutMicros = target.waitMicros
        request.totalTimeoutMicros = target.waitMicros
        request.bodyLimit = ScrapeTarget.maximumAnswerBytes
        request.caFile = target.caFile
        self.request = request
    }

    /// Asks until its task is cancelled.
    ///
    /// - Parameters:
    ///   - outbound: what requests go out by.
    ///   - clock: fleet time.
    ///   - isUnderWay: whether answers are wanted yet.
    ///   - take: is given each answer.
    func run(
        _ outbound: Outbound,
        clock: SteadyClock<FleetTime>,
        isUnderWay: @Sendable () async -> Bool,
        take: @Sendable (ServerSample) async -> Void
    ) async {
        var reader = ServerReader(target.series)
        var party: ScrapeTarget.Side?
        let wanted = reader.wantedNames
        while !Task.isCancelled {
            let now = clock.now.micros
            let next = (now - Self.offsetMicros) / target.everyMicros * target.everyMicros + target.everyMicros
            let wait = next + Self.offsetMicros - now
            guard (try? await Task.sleep(for: .microseconds(wait))) != nil else { return }
            guard await isUnderWay() else { continue }
            let asked = clock.now
            let page = await ask(outbound, wanted)
            guard !Task.isCancelled else { return }
            var sample = ServerSample(
                server: target.name,
                at: asked,
                everyMicros: target.everyMicros,
                party: target.party ?? party ?? .target
            )
            switch page {
            case .missing(let reason): sample.failure = reason
            case .shown(let exposition):
                let reading = reader.read(exposition, atMicros: asked.micros)
                party = party ?? reading.party
                sample.party = target.party ?? party ?? .target
                (sample.figures, sample.absent) = (reading.figures, reading.absent)
                sample.hasRestarted = reading.hasRestarted
            }
            await take(sample)
        }
    }

    private func ask(_ outbound: Outbound, _ wanted: Set<String>) async -> ServerPage {
        do throws(TransferError) {
            let response = try await outbound.perform(request)
            return ServerPage(
                status: response.status,
                contentType: response.header("content-type"),
                body: response.body,
                isCut: response.truncated,
                isWanted: wanted.contains
            )
        } catch {
            return .missing(reason: Self.words(error, waitMicros: target.waitMicros))
        }
    }

    /// Why there was no answer, in the same few words each time.
    private static func words(_ error: TransferError, waitMicros: Int64) -> String {
        switch error.kind {
        case .refused: "connection refused"
        case .resolve: "its name has no address"
        case .connectTimeout, .firstByteTimeout, .totalTimeout:
            "no answer within \(DurationText.text(micros: waitMicros))"
        case .closed: "the connection was closed"
        default: PlainText.line(error.message)
        }
    }
}
