import ApeCore
import ApeMetrics
import ApeReport
import ApeRun
import ApeTransfer
import Synchronization
import Testing

@testable import ApeCoordinator

/// Exports to receivers that take them, refuse them, break and are not there: the run goes on, and it is told.
@Suite struct OTLPExporterTests {
    typealias Answer = @Sendable (_ number: Int, TransferRequest) async throws(TransferError) -> TransferResponse

    /// A receiver, and what it got.
    final class Receiver: Sendable {
        let requests = Mutex<[TransferRequest]>([])
        let warnings = Mutex<[String]>([])
        private let answer: Answer

        init(_ answer: @escaping Answer) {
            self.answer = answer
        }

        func exporter(_ environment: [String: String] = [:]) throws -> OTLPExporter {
            let settings = try #require(try OTLPSettings(url: "http://receiver:4318", environment: environment))
            return OTLPExporter(
                settings,
                inference: nil,
                perform: { request throws(TransferError) in
                    let number = self.requests.withLock { requests in
                        requests.append(request)
                        return requests.count
                    }
                    return try await self.answer(number, request)
                },
                warn: { warning in self.warnings.withLock { $0.append(warning) } }
            )
        }

        var got: [TransferRequest] { requests.withLock { $0 } }
        var urls: [String] { got.map(\.url) }
        var said: [String] { warnings.withLock { $0 } }
    }

    private static func snapshot(sessions: Int = 1) -> RunSnapshot {
        var snapshot = CoordinatorSiteTests().snapshot()
        for number in 0..<sessions {
            snapshot.ledger.exemplars.add(
                ExemplarSession(
                    reason: "r\(number % 40)",
                    message: "m",
                    worker: "w-1",
                    traceID: Hexadecimal.text(of: 1) + Hexadecimal.text(of: UInt64(number + 1)),
                    session: SessionTrace(goal: "buy", startMicros: 1, durationMicros: 1, steps: [])
                )
            )
        }
        return snapshot
    }

    private static func answer(_ status: Int, _ headers: [(name: String, value: String)] = [], _ body: [UInt8] = [])
        -> TransferResponse
    {
        TransferResponse(status: status, headers: TransferHeaders(headers), body: body)
    }

    @Test func figuresAndTracesGoToTheirPlaces() async throws {
        let receiver = Receiver { _, _ in Self.answer(200) }
        let account = await (try receiver.exporter(["OTEL_EXPORTER_OTLP_HEADERS": "api-key=k%20y, host=evil"]))
            .finish(Self.snapshot(sessions: 40))
        #expect(
            receiver.urls == [
                "http://receiver:4318/v1/metrics", "http://receiver:4318/v1/traces", "http://receiver:4318/v1/traces",
            ]
        )
        let request = try #require(receiver.got.first)
        #expect(request.headers.map(\.name) == ["Content-Type", "api-key"])
        #expect(request.headers.map(\.value) == ["application/x-protobuf", "k y"])
        #expect(request.method == "POST" && request.maxRedirects == 0)
        #expect(account.sent == 3 && account.sessionsSent == 40 && account.sentence == nil)
        #expect(receiver.said.isEmpty)
    }

    @Test func aSessionIsSentOnce() async throws {
        let receiver = Receiver { _, _ in Self.answer(200) }
        let exporter = try receiver.exporter(["OTEL_METRIC_EXPORT_INTERVAL": "5"])
        let run = Task { await exporter.run { Self.snapshot(sessions: 3) } }
        while receiver.urls.filter({ $0.hasSuffix("metrics") }).count < 3 {
            try await Task.sleep(for: .milliseconds(5))
        }
        run.cancel()
        await run.value
        let account = await exporter.finish(Self.snapshot(sessions: 4))
        #expect(receiver.urls.filter { $0.hasSuffix("traces") }.count == 2)
        #expect(account.sessionsSent == 4 && account.sessionsLost == 0)
    }

    @Test func aReceiverThatIsNotThereIsToldOnce() async throws {
        let receiver = Receiver { _, _ throws(TransferError) in
            throw TransferError(.refused, "the connection was refused")
        }
        let exporter = try receiver.exporter()
        let account = await exporter.finish(Self.snapshot(sessions: 3))
        #expect(
            receiver.said.count == 1 && receiver.said[0].hasPrefix("OTLP: the connection was refused (http://receiver")
        )
        #expect(account.lost == 2 && account.sessionsLost == 3)
        #expect(account.sentence?.hasPrefix("OTLP: 2 of 2 exports were lost, 3 traces were not sent") == true)
    }

    @Test func patienceIsHadWhereItIsAskedFor() async throws {
        let receiver = Receiver { number, _ in
            number <= 2 ? Self.answer(503, [("Retry-After", "0")]) : Self.answer(200)
        }
        let account = await (try receiver.exporter()).finish(Self.snapshot())
        #expect(receiver.urls.map { String($0.suffix(7)) } == ["metrics", "metrics", "/traces"])
        #expect(account.lost == 1 && account.sent == 1 && account.sessionsSent == 1)
        #expect(
            OTLPAnswer(Self.answer(429, [("Retry-After", "7")]))
                == .later(reason: "the receiver answered 429", afterMicros: 7_000_000)
        )
        #expect(OTLPAnswer(Self.answer(503)) == .later(reason: "the receiver answered 503", afterMicros: nil))
        #expect(OTLPAnswer(Self.answer(500)) == .refused(reason: "the receiver answered 500"))
    }

    @Test func whatIsRefusedIsNotSentAgain() async throws {
        let status: [UInt8] = [0x12, 0x03] + Array("bad".utf8)
        let receiver = Receiver { _, _ in Self.answer(400, [("Content-Type", "application/x-protobuf")], status) }
        let account = await (try receiver.exporter()).finish(Self.snapshot(sessions: 2))
        #expect(receiver.urls.count == 2 && account.sessionsLost == 2)
        #expect(account.lastError == "the receiver answered 400: bad (http://receiver:4318/v1/traces)")
        let elsewhere = OTLPAnswer(Self.answer(307, [("Location", "http://other/")]))
        #expect(
            elsewhere
                == .refused(
                    reason:
                        "the receiver answered 307 to http://other/: name the place itself, redirects are not followed"
                )
        )
    }

    @Test func aSlowReceiverHoldsTheEndForSomeSecondsAtMost() async throws {
        let receiver = Receiver { _, _ throws(TransferError) in
            try? await Task.sleep(for: .seconds(600))
            throw TransferError(.cancelled, "cancelled")
        }
        let exporter = try receiver.exporter()
        let began = ContinuousClock.now
        let account = await exporter.finish(Self.snapshot())
        #expect(ContinuousClock.now - began < .seconds(500))
        #expect(account.lost >= 1 && account.sessionsLost == 1)
    }

    @Test func partialSuccessIsTold() {
        let body: [UInt8] = [0x0A, 0x06, 0x08, 0x05, 0x12, 0x02] + Array("no".utf8)
        #expect(OTLPAnswer(Self.answer(200, [], body)) == .taken(rejected: 5, words: "no"))
        #expect(OTLPAnswer(Self.answer(200, [], [0x0A, 0xFF])) == .taken(rejected: 0, words: ""))
        let json = Array(#"{"partialSuccess":{"rejectedSpans":"7","errorMessage":"full"}}"#.utf8)
        #expect(
            OTLPAnswer(Self.answer(200, [("Content-Type", "application/json")], json))
                == .taken(rejected: 7, words: "full")
        )
        #expect(OTLPAnswer(Self.answer(200)) == .taken(rejected: 0, words: ""))
    }
}
