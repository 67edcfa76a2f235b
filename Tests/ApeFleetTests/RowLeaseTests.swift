import ApeCore
import ApeTestKit
import ApeWire
import Testing

@testable import ApeFleet

/// Rows that nobody may have twice, and rows of agents' numbers.
@Suite("Rows of data, handed out")
struct RowLeaseTests {
    private static let sets = [
        RowSet(name: "users.csv", goals: ["buy", "look"], pick: .once, count: 100, bytes: 2000),
        RowSet(name: "agents.csv", goals: ["agents"], pick: .agent, count: 50, bytes: 1000),
    ]

    /// Two workers of a run with rows.
    private static func bench(recovered: RecoveredRun? = nil) -> FleetBench {
        var bench = FleetBench(rowSets: sets, recovered: recovered)
        for id in [1, 2] as [ConnectionID] {
            bench.connect(id)
            bench.say(id, Message.hello(bench.hello(id, worker: "w-\(id)", minor: 2)).text)
            bench.say(id, Message.prepared(Prepared(run: FleetBench.run)).text)
        }
        return bench
    }

    private static func want(_ id: Int64, _ count: Int, goal: String = "buy") -> String {
        Message.wantRows(WantRows(run: FleetBench.run, id: id, goal: goal, want: .next(count))).text
    }

    private static func leases(_ bench: FleetBench) -> [Range<Int>] {
        bench.committed.facts.compactMap { if case .rowsLeased(let lease) = $0.kind { lease.rows } else { nil } }
    }

    @Test("Each request gets rows that nobody has, once they are stored")
    func leased() {
        var bench = Self.bench()
        bench.commits = false
        bench.tell(.committed)
        bench.say(1, Self.want(1, 10))
        #expect(bench.deliveries.isEmpty)
        #expect(Self.leases(bench) == [0..<10])
        bench.commits = true
        bench.tell(.committed)
        #expect(bench.deliveries.map(\.ranges) == [[0..<10]])
        bench.say(2, Self.want(1, 7, goal: "look"))
        bench.say(1, Self.want(2, 3))
        #expect(bench.deliveries.map(\.ranges) == [[0..<10], [10..<17], [17..<20]])
        #expect(bench.deliveries.map(\.goal) == ["buy", "look", "buy"])
    }

    @Test("The same request again gets the same rows, an older one none")
    func repeated() {
        var bench = Self.bench()
        bench.say(1, Self.want(4, 10))
        bench.say(1, Self.want(4, 10))
        bench.say(1, Self.want(3, 10))
        #expect(bench.deliveries.map(\.ranges) == [[0..<10], [0..<10]])
        #expect(Self.leases(bench) == [0..<10])
    }

    @Test("Towards the end blocks get smaller, and then the rows are used up")
    func usedUp() {
        var bench = Self.bench()
        for id in 1...40 as ClosedRange<Int64> { bench.say(1, Self.want(id, 1_000)) }
        let leases = Self.leases(bench)
        #expect(leases.prefix(3) == [0..<25, 25..<43, 43..<57])
        #expect(leases.last == 99..<100)
        let all = leases.flatMap { Array($0) }
        #expect(all == Array(0..<100))
        #expect(bench.committed.facts.count { $0.kind == .rowsUsedUp(set: "users.csv", rows: 100) } == 1)
        #expect(bench.deliveries[leases.count - 2].isUsedUp == false)
        #expect(bench.deliveries[leases.count - 1].isUsedUp)
        let after = bench.deliveries[leases.count...]
        #expect(!after.isEmpty && after.allSatisfy { $0.ranges.isEmpty && $0.isUsedUp })
    }

    @Test("A coordinator that takes up the run never hands them out again")
    func recovered() {
        var before = Self.bench()
        before.say(1, Self.want(1, 10))
        before.say(2, Self.want(1, 5))
        var bench = Self.bench(recovered: RecoveredRun(facts: before.committed.facts))
        bench.say(1, Self.want(1, 10))
        bench.say(2, Self.want(2, 5))
        #expect(bench.deliveries.map(\.ranges) == [[0..<10], [15..<20]])
    }

    @Test("Rows of agents' numbers come as they are asked for, and are not written down")
    func numbered() {
        var bench = Self.bench()
        let rows = AgentRanges([0...3, 48...60])
        bench.say(1, Message.wantRows(WantRows(run: FleetBench.run, id: 1, goal: "agents", want: .numbered(rows))).text)
        #expect(bench.deliveries.map(\.ranges) == [[0..<4, 48..<50]])
        #expect(Self.leases(bench).isEmpty)
        bench.say(1, Self.want(2, 5, goal: "agents"))
        #expect(bench.fault(1) == .malformed)
        bench.say(1, Self.want(3, 5, goal: "never"))
        #expect(bench.deliveries.count == 1)
    }

    @Test("A worker that does not know of rows is refused, where the scenario has some")
    func oldWorker() {
        var bench = FleetBench(rowSets: Self.sets)
        bench.connect(1)
        bench.say(1, Message.hello(bench.hello(1, minor: 1)).text)
        #expect(bench.fault(1) == .versionMismatch)
        var plain = FleetBench()
        plain.connect(1)
        plain.say(1, Message.hello(plain.hello(1, minor: 1)).text)
        #expect(plain.fault(1) == nil)
    }

    @Test("Rows that cannot be read any more end the run with the reason")
    func unreadable() {
        var bench = Self.bench()
        bench.tell(.rowsFailed(ApeError(.file, "users.csv was changed")))
        #expect(bench.endings == ["data_failed"])
    }

    @Test("Every line that carries rows fits, whatever they hold")
    func lines() throws {
        let delivery = RowDelivery(run: "r", request: 1, goal: "g", ranges: [5..<9, 20..<21], isUsedUp: true)
        let worst = String(repeating: "\u{1}", count: DataFile.maximumRowBytes - 1)
        let lines = delivery.lines { $0.map { ["\($0)", worst] } }
        #expect(lines.count == 5)
        var numbers: [String] = []
        for (index, line) in lines.enumerated() {
            #expect(line.count <= WireLimit.lineBytes)
            guard case .rows(let rows) = try Message(line: Array(line.dropLast())) else { continue }
            numbers += rows.rows.compactMap(\.[0])
            #expect(rows.rows.first?[0] == "\(rows.first)")
            #expect(rows.isLast == (index == 4) && rows.isUsedUp == (index == 4))
        }
        #expect(numbers == ["5", "6", "7", "8", "20"])
    }
}

/// What a worker has asked for.
@Suite("Rows of data, asked for")
struct RowRequestsTests {
    private static func rows(_ id: Int64, _ numbers: Range<Int>, isLast: Bool = false) -> Rows {
        Rows(run: "r", id: id, goal: "g", first: numbers.lowerBound, rows: numbers.map { ["\($0)"] }, isLast: isLast)
    }

    @Test("Rows that come again after a reconnect are taken once")
    func again() {
        var requests = RowRequests()
        #expect(requests.ask("g", .next(6), of: "r")?.id == 1)
        #expect(requests.ask("g", .next(6), of: "r") == nil)
        #expect(requests.take(Self.rows(1, 10..<13)).rows == Self.rows(1, 10..<13))
        #expect(requests.wants(of: "r") == [WantRows(run: "r", id: 1, goal: "g", want: .next(6))])
        #expect(requests.take(Self.rows(1, 10..<12)).rows?.rows == [])
        #expect(requests.take(Self.rows(1, 12..<16, isLast: true)).rows == Self.rows(1, 13..<16, isLast: true))
        #expect(requests.take(Self.rows(1, 10..<16, isLast: true)).rows == nil)
        #expect(requests.ask("g", .next(6), of: "r")?.id == 2)
    }

    @Test("Rows by number are asked for until all are there")
    func numbered() {
        var requests = RowRequests()
        #expect(requests.ask("g", .numbered([0...9]), of: "r")?.id == 1)
        #expect(requests.ask("g", .numbered([20...20]), of: "r") == nil)
        let rest = requests.take(Self.rows(1, 0..<4, isLast: true)).then
        #expect(rest == WantRows(run: "r", id: 2, goal: "g", want: .numbered(AgentRanges([4...9, 20...20]))))
        #expect(requests.take(Self.rows(2, 4..<10)).then == nil)
        #expect(requests.take(Self.rows(2, 20..<21, isLast: true)).then == nil)
        #expect(requests.wants(of: "r").isEmpty)
        // Who has none of them is not asked again.
        #expect(requests.ask("g", .numbered([99...99]), of: "r")?.id == 3)
        #expect(requests.take(Self.rows(3, 0..<0, isLast: true)).then == nil)
    }

    @Test("What is forgotten is not asked for again, and its number does not come back")
    func forgotten() {
        var requests = RowRequests()
        _ = requests.ask("g", .next(1), of: "r")
        requests.forget()
        #expect(requests.wants(of: "r").isEmpty)
        #expect(requests.take(Self.rows(1, 0..<1, isLast: true)).rows == nil)
        #expect(requests.ask("g", .next(1), of: "r")?.id == 2)
    }
}
