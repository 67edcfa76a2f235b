import ApeCore
import ApeMetrics
import ApeInference
import ApeTransfer
import Synchronization
import TransportKit

@testable import ApeAgent

extension FakeTransport: AgentTransport {}

/// One agent in a fake world that stops it after a number of sessions.
struct RunnerBench {
    let recorder = WindowRecorder()
    let control = AgentControl()
    let transport: FakeTransport
    let runner: AgentRunner
    private let log = EventLog()

    /// - Parameters:
    ///   - scenario: what to do; its pause between sessions is set, for the world to see a session's end.
    ///   - sessions: after how many the agent is stopped.
    ///   - seed: the run's seed.
    ///   - governor: the endpoint's budget.
    ///   - stock: the rows of data that are handed out.
    ///   - requests: at which of its requests the agent is stopped; nil for none.
    ///   - arrivals: when sessions begin.
    ///   - respond: what the world answers to a request and its number.
    /// - Throws: `ApeError` for a scenario that cannot be run.
    init(
        _ scenario: Scenario,
        sessions: Int = 1,
        seed: UInt64 = 1,
        governor: RateGovernor = RateGovernor(),
        stock: RowStock = RowStock(),
        requests: Int? = nil,
        arrivals: ArrivalBoard = ArrivalBoard(),
        respond: @escaping @Sendable (TransferRequest, Int) throws(TransferError) -> FakeTransport.Answer
    ) throws {
        var scenario = scenario
        scenario.pacing.betweenSessionsMicros = Self.pause...Self.pause
        let (control, left) = (control, Countdown(sessions))
        let transport = FakeTransport(
            onSleep: { micros in if micros == Self.pause, left.isLast() { control.stop() } },
            respond: { request, number throws(TransferError) in
                if number == requests { control.stop() }
                return try respond(request, number)
            }
        )
        self.transport = transport
        runner = AgentRunner(
            prepared: try PreparedScenario(scenario, run: "r", seed: seed, apiKey: nil, gate: nil),
            recorder: recorder,
            governor: governor,
            stock: stock,
            arrivals: arrivals,
            makeTransport: { _ in transport },
            onEvent: { [log] event in log.events.withLock { $0.append(event) } }
        )
    }

    /// A pause that nothing else takes.
    static let pause: Int64 = 7_777_777

    /// What the agent told but for successful sessions.
    var events: [WorkerEvent] { told.filter { $0.code != WorkerEvent.sessionSucceeded } }

    var successes: [WorkerEvent] { told.filter { $0.code == WorkerEvent.sessionSucceeded } }

    private var told: [WorkerEvent] { log.events.withLock { $0 } }

    /// Runs the agent to its end and returns what was measured.
    func run(agent: Int = 3, start: Int64 = 0) async -> WindowTally {
        let task = runner.start(agent: agent, startMicros: start, control: control, on: nil)
        _ = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return recorder.tally
    }

    private final class EventLog: Sendable {
        let events = Mutex<[WorkerEvent]>([])
    }

    private final class Countdown: Sendable {
        private let left: Mutex<Int>

        init(_ number: Int) {
            left = Mutex(number)
        }

        func isLast() -> Bool {
            left.withLock { left in
                left -= 1
                return left <= 0
            }
        }
    }
}

extension WindowTally {
    func count(_ name: String) -> Int64 { counters[CounterName(rawValue: name)] ?? 0 }
    func samples(_ name: String) -> Int64 { series[SeriesName(rawValue: name)]?.count ?? 0 }
    func sum(_ name: String) -> Int64 { series[SeriesName(rawValue: name)]?.sumMicros ?? 0 }
    /// The reasons of `sessions_failed`.
    var failures: [String] {
        counters.keys.filter { $0.isOf(.sessionsFailed) }.compactMap(\.labelValue).sorted()
    }
}

extension WindowRecorder {
    /// What has been measured since the last window.
    var tally: WindowTally {
        let place = WindowPlace(stage: 0, revision: 1, phase: .hold, startMicros: 0, endMicros: 1_000_000)
        return cut(as: place, at: 0).tally
    }
}
