import ApeCore
import ApeReport
import ApeRun
import ApeTransfer
import Synchronization
import Testing

@testable import ApeCoordinator

/// Webhooks that take what they are told, that refuse it, and that are hostile: each costs a bounded time.
@Suite struct NoticeSenderTests {
    typealias Answer = @Sendable (_ number: Int) throws(TransferError) -> TransferResponse

    /// A place, on a clock of its own: an attempt takes as long as it may where nothing answers.
    final class Place: Sendable {
        let requests = Mutex<[TransferRequest]>([])
        let warnings = Mutex<[String]>([])
        let micros = Mutex<Int64>(5_000_000)
        private let answer: Answer

        init(_ answer: @escaping Answer) {
            self.answer = answer
        }

        func sender(_ urls: [String] = ["https://hooks.example/secret?key=k"], chats: [String] = []) throws
            -> NoticeSender
        {
            let settings = try NoticeSettings(
                urls: urls,
                chats: chats,
                secretFile: nil,
                environment: ["APE_NOTIFY_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
            )
            var sender = NoticeSender(
                settings: try #require(settings),
                perform: { request throws(TransferError) in
                    let number = self.requests.withLock { requests in
                        requests.append(request)
                        return requests.count
                    }
                    do throws(TransferError) { return try self.answer(number) } catch {
                        if error.kind == .totalTimeout {
                            self.micros.withLock { $0 += request.totalTimeoutMicros }
                        }
                        throw error
                    }
                },
                seconds: { 1_700_000_000 + self.micros.withLock { $0 } / 1_000_000 }
            )
            sender.sleep = { wait in self.micros.withLock { $0 += wait } }
            sender.now = { self.micros.withLock { $0 } }
            sender.warn = { warning in self.warnings.withLock { $0.append(warning) } }
            return sender
        }

        var got: [TransferRequest] { requests.withLock { $0 } }
        var elapsed: Int64 { micros.withLock { $0 } - 5_000_000 }
    }

    private let notice: VerdictNotice

    init() throws {
        let ledger = CoordinatorSiteTests().snapshot().ledger
        let report = RunReport(
            run: try PageFixture.run("shop", seconds: 4),
            ledger: ledger,
            verdict: RunVerdict(judging: ledger, rules: JudgingRules(usesInference: false))
        )
        notice = VerdictNotice(report, files: [], job: nil)
    }

    private static func status(_ status: Int, _ headers: [TransferRequest.Header] = []) -> TransferResponse {
        TransferResponse(status: status, headers: TransferHeaders(headers))
    }

    @Test func itIsSignedAndToldOnce() async throws {
        let place = Place { _ in Self.status(204) }
        let deliveries = try await place.sender().send(notice, id: "msg_1", withinMicros: 30_000_000)
        #expect(deliveries == [.init(place: "https://hooks.example", attempts: 1)])
        let request = try #require(place.got.first)
        #expect(request.method == "POST" && request.url == "https://hooks.example/secret?key=k")
        #expect(request.body?.bytes == notice.body)
        let headers = Dictionary(request.headers.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(headers["Content-Type"] == "application/json")
        #expect(headers["webhook-id"] == "msg_1" && headers["webhook-timestamp"] == "1700000005")
        let secret = try WebhookSecret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", givenBy: "a test")
        #expect(headers["webhook-signature"] == secret.signature(of: "msg_1", seconds: 1_700_000_005, notice.body))
        #expect(request.maxRedirects == 0 && !request.acceptsCompression && request.bodyLimit == 1_024)
        #expect(place.warnings.withLock { $0 }.isEmpty)
    }

    @Test func aChatGetsALineAlone() async throws {
        let place = Place { _ in Self.status(200) }
        _ = try await place.sender([], chats: ["https://chat.example/hook"]).send(
            notice,
            id: "msg_1",
            withinMicros: 30_000_000
        )
        let json = try JSONValue(parsing: try #require(place.got.first?.body?.bytes))
        #expect(json.object?.map(\.key) == ["text"])
        #expect(json["text"]?.string?.contains("run r") == true)
    }

    @Test func whatMayPassIsTriedAgainUnderOneIdentifierAndAFreshTime() async throws {
        let place = Place { number throws(TransferError) in
            if number == 1 { throw TransferError(.refused, "Connection to https://hooks.example/secret refused") }
            return Self.status(number < 4 ? 503 : 200)
        }
        let deliveries = try await place.sender().send(notice, id: "msg_7", withinMicros: 30_000_000)
        #expect(deliveries == [.init(place: "https://hooks.example", attempts: 4)])
        let sent = place.got.map { request in request.headers.map(\.value) }
        #expect(Set(sent.map { $0[1] }) == ["msg_7"])
        #expect(Set(sent.map { $0[2] }).count > 1 && Set(sent.map { $0[3] }).count == Set(sent.map { $0[2] }).count)
        let warnings = place.warnings.withLock { $0 }
        #expect(
            warnings == [
                "https://hooks.example was not told of the verdict yet: nothing listens there, or no route leads there"
            ]
        )
    }

    @Test(arguments: [302, 400, 401, 404, 410]) func whatIsRefusedIsNotTriedAgain(status: Int) async throws {
        let place = Place { _ in Self.status(status, [("Location", "http://169.254.169.254/secret")]) }
        let deliveries = try await place.sender().send(notice, id: "msg_1", withinMicros: 30_000_000)
        #expect(deliveries.first?.attempts == 1)
        #expect(deliveries.first?.failure?.hasPrefix("it answered \(status)") == true)
        #expect(deliveries.first?.failure?.contains("169.254") == false)
    }

    @Test func aPlaceThatNeverAnswersCostsItsTimeAndNoMore() async throws {
        let place = Place { _ throws(TransferError) in
            throw TransferError(.totalTimeout, "https://hooks.example/secret")
        }
        let deliveries = try await place.sender().send(notice, id: "msg_1", withinMicros: 30_000_000)
        #expect(deliveries.first?.failure == "no answer came in time")
        #expect((3...4).contains(place.got.count))
        #expect(place.elapsed <= 30_000_000)
        #expect(place.got.allSatisfy { $0.totalTimeoutMicros <= 10_000_000 })
    }

    @Test func aPlaceThatFailsFastIsAskedLessAndLessOften() async throws {
        let place = Place { _ in Self.status(500) }
        let deliveries = try await place.sender().send(notice, id: "msg_1", withinMicros: 30_000_000)
        #expect(deliveries.first?.failure == "it answered 500")
        #expect((5...10).contains(place.got.count))
        #expect(place.elapsed <= 30_000_000)
    }

    @Test func patienceThatItAsksForIsGivenWhereThereIsTime() async throws {
        let place = Place { number in number == 1 ? Self.status(429, [("retry-after", "9")]) : Self.status(200) }
        #expect(try await place.sender().send(notice, id: "m", withinMicros: 30_000_000).first?.failure == nil)
        #expect(place.elapsed == 9_000_000)
        let busy = Place { _ in Self.status(503, [("retry-after", "3600")]) }
        #expect(try await busy.sender().send(notice, id: "m", withinMicros: 30_000_000).first?.attempts == 1)
        #expect(busy.elapsed == 0)
    }

    @Test func onePlaceThatFailsHoldsNoOtherUp() async throws {
        let place = Place { _ in Self.status(200) }
        let sender = try place.sender(["https://a.example/", "http://b.example:8080/x"], chats: ["https://a.example/"])
        let deliveries = await sender.send(notice, id: "m", withinMicros: 30_000_000)
        #expect(deliveries.map(\.place) == ["https://a.example", "http://b.example:8080", "https://a.example"])
    }
}
