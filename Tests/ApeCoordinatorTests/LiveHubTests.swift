import ApeCore
import ApeFleet
import ApeHTTP
import ApeReport
import ApeRun
import ApeTestKit
import Synchronization
import Testing

@testable import ApeCoordinator

@Suite(.timeLimit(.minutes(10))) struct LiveHubTests {
    /// The page of a run whose scenario has a name that changes with each making.
    fileprivate static func page(_ number: Int, outcome: RunOutcome = .running) throws -> LivePage {
        var fixture = LedgerFixture(agents: [10, 20])
        fixture.run(stage: 0) { window, _, _ in LedgerFixture.healthy(&window) }
        let verdict = RunVerdict(judging: fixture.ledger, rules: JudgingRules(), outcome: outcome)
        let run = try PageFixture.run("made \(number)", seconds: 12)
        let report = RunReport(run: run, ledger: fixture.ledger, verdict: verdict)
        guard outcome == .running else { return LivePage(report, nil) }
        let live = LiveRun(
            run: "r",
            scenario: "made",
            isDemo: false,
            startTime: Timestamp.text(micros: LedgerFixture.start),
            time: Timestamp.text(micros: LedgerFixture.start),
            elapsedSeconds: 12,
            phase: .hold
        )
        return LivePage(report, live)
    }

    private final class Maker: Sendable {
        let made = Mutex(0)
        private let pages: [LivePage]

        init() throws {
            pages = try (1...20).map { try LiveHubTests.page($0) }
        }

        func page() -> LivePage {
            let number = made.withLock { made in
                made += 1
                return made
            }
            return pages[min(number, pages.count) - 1]
        }
    }

    @Test func nobodyWhoLooksCostsNothing() async throws {
        let maker = try Maker()
        let hub = LiveHub(run: "r", boot: "b") { maker.page() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await hub.keepFresh() }
            try await Task.sleep(for: .milliseconds(300))
            group.cancelAll()
        }
        #expect(maker.made.withLock { $0 } == 0)
    }

    @Test func whoeverLoadsThePageAtOnceSharesOneMaking() async throws {
        let maker = try Maker()
        // On a busy machine those who come at once may come seconds after one another.
        let hub = LiveHub(run: "r", boot: "b", leastPause: (.seconds(3_600), 0)) { maker.page() }
        let pages = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<10 { group.addTask { await hub.document(mayControl: false)?.text } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(maker.made.withLock { $0 } == 1)
        #expect(Set(pages).count == 1)
        #expect(pages.first??.contains("<h1>made 1</h1>") == true)
        #expect(pages.first??.contains("Read only") == true)
    }

    @Test func whoeverLoadsThePageLaterGetsALaterOne() async throws {
        let maker = try Maker()
        let hub = LiveHub(run: "r", boot: "b", leastPause: (.zero, 0)) { maker.page() }
        _ = await hub.document(mayControl: false)
        let later = await hub.document(mayControl: false)
        #expect(later?.text.contains("<h1>made 2</h1>") == true)
    }

    @Test func aReaderHasTheEndAndEverythingBefore() async throws {
        let maker = try Maker()
        let hub = LiveHub(run: "r", boot: "b", leastPause: (.zero, 0)) { maker.page() }
        let end = try Self.page(99, outcome: .finished)
        let told = try await withThrowingTaskGroup(of: Void.self) { group -> [ServerSentEvent] in
            group.addTask { await hub.keepFresh() }
            let stream = try #require(await hub.events(after: nil))
            var told: [ServerSentEvent] = []
            for await event in stream {
                told.append(event)
                // Once it has seen the page twice, the run ends.
                if event.name == "tick", told.count(where: { $0.name == "tick" }) == 2 { await hub.end(end) }
            }
            group.cancelAll()
            return told
        }
        #expect(told.first?.name == "hello" && told.first?.data == "r")
        #expect(told.last?.name == "end")
        #expect(told.last?.data.hasPrefix("The run has ended: ") == true)
        // What each part was last is what it is in the report.
        var last: [String: String] = [:]
        for event in told where event.name == "part" {
            let parts = event.data.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            last[String(parts[0])] = String(parts[1])
        }
        for part in end.parts { #expect(last[part.id] == part.html, "\(part.id)") }
        #expect(last["report-head"]?.contains("made 99") == true)
        let ids = told.compactMap(\.id)
        #expect(Set(ids).count == ids.count && ids.allSatisfy { $0.hasPrefix("b-") })
        // Whoever comes later is told the same at once.
        var late: [String?] = []
        for await event in try #require(await hub.events(after: ids.last)) { late.append(event.name) }
        #expect(late == ["hello", "series", "end"])
    }

    @Test func aNumberOfAnotherProgramIsNone() {
        #expect(LiveHub.version("b-12", of: "b") == 12)
        #expect(LiveHub.version("c-12", of: "b") == 0)
        #expect(LiveHub.version("b-", of: "b") == 0)
        #expect(LiveHub.version(nil, of: "b") == 0)
    }

    @Test func aSlowReaderIsCutOffAndComesBack() async {
        let readers = LiveReaders()
        let stream = readers.add([], goesOn: true)
        for number in 0...LiveReaders.maximumWaiting { readers.tell(ServerSentEvent(data: "\(number)")) }
        #expect(readers.isEmpty)
        var read = 0
        if let stream { for await _ in stream { read += 1 } }
        #expect(read == LiveReaders.maximumWaiting)
    }

    @Test func readersAreBounded() {
        let readers = LiveReaders()
        let streams = (0..<LiveReaders.maximum).compactMap { _ in readers.add([], goesOn: true) }
        #expect(streams.count == LiveReaders.maximum)
        #expect(readers.add([], goesOn: true) == nil)
    }
}
