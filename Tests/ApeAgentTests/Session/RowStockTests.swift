import ApeCore
import ApeMetrics
import ApeTransfer
import Synchronization
import Testing
import TransportKit

@testable import ApeAgent

/// The rows of data that agents take.
@Suite struct RowStockTests {
    /// What was asked for, and the answer.
    private final class Asked: Sendable {
        private let all = Mutex<[RowWant]>([])
        var wants: [RowWant] { all.withLock { $0 } }
        func add(_ want: RowWant) { all.withLock { $0.append(want) } }
    }

    private static func scenario(_ pick: DataPick, count: Int = 1000) -> Scenario {
        var scenario = Scenario.script([ScriptStep(method: "GET", path: "/{{name}}")])
        scenario.goals[0].pick = pick
        scenario.goals[0].dataFile = DataFile(name: "u.csv", columns: ["name"], count: count, bytes: 9000, hash: "0")
        return scenario
    }

    private static func rows(_ numbers: Range<Int>) -> [DataRow] { numbers.map { ["user{{\($0)}}"] } }

    @Test func asksBeforeTheRowsRunOut() {
        let asked = Asked()
        let stock = RowStock(Self.scenario(.once)) { _, want in asked.add(want) }
        stock.foresee(0..<20)
        #expect(asked.wants == [.next(40)])
        #expect(stock.take("script", agent: 5) == nil)
        stock.add(goal: "script", first: 0, rows: Self.rows(0..<15), isLast: false, areAllOut: false)
        #expect(asked.wants.count == 1)
        // Somebody had to wait: there are to be twice as many.
        stock.add(goal: "script", first: 15, rows: Self.rows(15..<40), isLast: true, areAllOut: false)
        #expect(asked.wants == [.next(40)])
        #expect(stock.take("script", agent: 5) == .row(["user{{0}}"]))
        #expect(asked.wants == [.next(40), .next(41)])
        for row in 1..<40 { #expect(stock.take("script", agent: 1) == .row(["user{{\(row)}}"])) }
        #expect(asked.wants.count == 2)
        #expect(!stock.isUsedUp("script"))
        stock.add(goal: "script", first: 0, rows: [], isLast: true, areAllOut: true)
        #expect(stock.isUsedUp("script"))
        #expect(stock.take("script", agent: 1) == .usedUp)
        #expect(asked.wants.count == 2)
    }

    @Test func rowsOfAgentsNumbersAreKeptForTheseAlone() {
        let asked = Asked()
        let stock = RowStock(Self.scenario(.agent, count: 10)) { _, want in asked.add(want) }
        stock.foresee([3, 4, 13])
        #expect(asked.wants == [.numbered([3...3, 4...4])])
        stock.add(goal: "script", first: 3, rows: Self.rows(3..<5), isLast: true, areAllOut: false)
        #expect(stock.take("script", agent: 13) == .row(["user{{3}}"]))
        #expect(stock.take("script", agent: 13) == .row(["user{{3}}"]))
        stock.keep([4, 5])
        #expect(asked.wants.last == .numbered([5...5]))
        #expect(stock.take("script", agent: 3) == nil)
        #expect(asked.wants.last == .numbered([3...3]))
        #expect(stock.take("script", agent: 3) == nil)
        #expect(asked.wants.count == 3)
    }

    @Test func whoWaitsGoesOnOnceRowsAreThere() async throws {
        let stock = RowStock(Self.scenario(.once)) { _, _ in }
        async let first = stock.row("script", agent: 1)
        async let second = stock.row("script", agent: 2)
        stock.add(goal: "script", first: 0, rows: Self.rows(0..<1), isLast: false, areAllOut: false)
        stock.add(goal: "script", first: 1, rows: Self.rows(1..<2), isLast: true, areAllOut: true)
        let taken = try await [first, second]
        #expect(taken.contains(.row(["user{{0}}"])) && taken.contains(.row(["user{{1}}"])))
        #expect(try await stock.row("script", agent: 3) == .usedUp)
    }

    @Test func whoIsCancelledWaitsNoLonger() async {
        let stock = RowStock(Self.scenario(.once)) { _, _ in }
        let waits = await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await stock.row("script", agent: 1)) != nil }
            await Task.yield()
            group.cancelAll()
            return await group.next()
        }
        #expect(waits == false)
    }

    @Test func sessionsTakeTheirRowsAsTheyStandAndEndWithThem() async throws {
        let stock = RowStock(Self.scenario(.once)) { _, _ in }
        stock.add(goal: "script", first: 0, rows: Self.rows(0..<2), isLast: true, areAllOut: true)
        let bench = try RunnerBench(Self.scenario(.once), sessions: 9, stock: stock) { _, _ in .json(200, "{}") }
        async let tally = bench.run()
        while !stock.isUsedUp("script") || bench.transport.requests.count < 2 { await Task.yield() }
        while !bench.transport.sleeps.contains(1_000_000) { await Task.yield() }
        bench.control.stop()
        let measured = await tally
        #expect(
            bench.transport.requests.map(\.url) == ["http://shop/user%7B%7B0%7D%7D", "http://shop/user%7B%7B1%7D%7D"]
        )
        #expect(measured.count("sessions_started") == 2)
        #expect(measured.count("sessions_succeeded") == 2)
    }

    @Test func anotherGoalIsTakenOnceTheRowsAreUsedUp() async throws {
        var scenario = Self.scenario(.once)
        scenario.goals.append(Goal(name: "other", mode: .script([ScriptStep(method: "GET", path: "/other")])))
        scenario.goals[0].weight = 1000
        let stock = RowStock(scenario) { _, _ in }
        stock.add(goal: "script", first: 0, rows: Self.rows(0..<1), isLast: true, areAllOut: true)
        let bench = try RunnerBench(scenario, sessions: 3, stock: stock) { _, _ in .json(200, "{}") }
        _ = await bench.run()
        let urls = bench.transport.requests.map(\.url)
        #expect(urls == ["http://shop/user%7B%7B0%7D%7D", "http://shop/other", "http://shop/other"])
    }

    @Test func rowsOfTheScenarioAreTemplates() async throws {
        var scenario = Self.scenario(.once)
        scenario.goals[0].dataFile = nil
        scenario.goals[0].data = [["name": "u{{agent}}"], ["name": "v"]]
        let stock = RowStock(scenario) { _, _ in }
        stock.add(goal: "script", first: 0, rows: scenario.goals[0].inlineRows, isLast: true, areAllOut: true)
        let bench = try RunnerBench(scenario, sessions: 2, stock: stock) { _, _ in .json(200, "{}") }
        _ = await bench.run(agent: 3)
        #expect(bench.transport.requests.map(\.url) == ["http://shop/u3", "http://shop/v"])
    }
}
