import ApeHTTP
import ApeMetrics
import ApeRun
import ApeTestKit
import Testing

@testable import ApeCoordinator

/// What the page for Prometheus says of the workers of a run.
struct WorkerMetricsTests {
    @Test func workersOfOneNameAreOneAndTheirNumberIsBounded() {
        var fixture = LedgerFixture(agents: [10], workers: [])
        for number in 0..<WorkerGauges.maximumNames + 5 {
            fixture.ledger.workerKnown(WorkerFacts(id: "id-\(number)", name: "w\(number)"))
        }
        fixture.ledger.workerKnown(WorkerFacts(id: "again", name: "w0"))
        for worker in ["id-0", "again", "id-203", "id-204"] {
            var window = fixture.window(stage: 0, second: 0, active: 3)
            window.host.cpuPercent = worker == "again" ? 50 : 20
            fixture.ledger.add(worker: worker, window: window)
        }
        var page = Exposition()
        page.add(workersOf: fixture.ledger)
        let lines = page.text.split(separator: "\n")
        #expect(lines.contains("ape_windows_received_total{worker=\"w0\"} 2"))
        #expect(lines.contains("ape_worker_agents{worker=\"w0\"} 6"))
        #expect(lines.contains("ape_worker_host_cpu_ratio{worker=\"w0\"} 0.5"))
        #expect(lines.contains("ape_windows_received_total{worker=\"other\"} 2"))
        let connected = lines.filter { $0.hasPrefix("ape_worker_connected{") }
        #expect(connected.count == WorkerGauges.maximumNames + 1)
    }

    @Test func aWorkerIsOfTheVersionThatTheLastOfItsNameTold() {
        var fixture = LedgerFixture(agents: [10], workers: [])
        fixture.ledger.workerKnown(WorkerFacts(id: "old", name: "a", version: "1.0.0"))
        fixture.ledger.workerKnown(WorkerFacts(id: "silent", name: "b"))
        fixture.ledger.workerKnown(WorkerFacts(id: "new", name: "a", version: "1.1.0"))
        var page = Exposition()
        page.add(workersOf: fixture.ledger)
        let told = page.text.split(separator: "\n").filter { $0.hasPrefix("ape_worker_info{") }
        #expect(told == ["ape_worker_info{worker=\"a\",version=\"1.1.0\"} 1"])
    }

    @Test func aWorkerThatIsGoneHasNoGaugesButKeepsItsCounts() {
        var fixture = LedgerFixture(agents: [10], workers: ["a"])
        fixture.ledger.add(worker: "a", window: fixture.window(stage: 0, second: 0))
        #expect(fixture.ledger.books.tallies.first?.standing == .connected)
        fixture.ledger.books.disconnect("a", atMicros: LedgerFixture.start + 5_000_000)
        #expect(fixture.ledger.books.tallies.first?.standing == .away)
        fixture.ledger.books.lose("a", atMicros: LedgerFixture.start + 15_000_000)
        #expect(fixture.ledger.books.tallies.first?.standing == .lost)
        var page = Exposition()
        page.add(workersOf: fixture.ledger)
        #expect(page.text.contains("ape_worker_connected{worker=\"a\"} 0\n"))
        #expect(!page.text.contains("ape_worker_agents"))
        #expect(page.text.contains("ape_windows_received_total{worker=\"a\"} 1\n"))
        fixture.ledger.books.stop("a", lastSeq: 1, atMicros: LedgerFixture.start + 16_000_000)
        #expect(fixture.ledger.books.tallies.first?.standing == .left)
    }
}
