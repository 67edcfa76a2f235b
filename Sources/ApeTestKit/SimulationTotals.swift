import ApeCore
import ApeFleet
import ApeRun

/// What many simulated runs came to: whether the faults did what they are for.
package struct SimulationTotals: Sendable, CustomStringConvertible {
    package private(set) var runs = 0
    private(set) var virtualMicros: Int64 = 0
    package private(set) var steps = 0
    /// Runs that were found calm before their end, and split as they should be.
    private(set) var calm = 0
    package private(set) var windows = 0
    package private(set) var duplicates = 0
    package private(set) var late = 0
    package private(set) var missingSeconds = 0
    package private(set) var dropped = 0
    /// By kind of fact.
    package private(set) var facts: [String: Int] = [:]
    package private(set) var outcomes: [String: Int] = [:]
    /// Runs that broke a promise.
    package private(set) var broken: [SimulationReport] = []

    package init() {}

    package mutating func add(_ report: SimulationReport) {
        runs += 1
        virtualMicros += report.virtualMicros
        steps += report.steps
        calm += report.calmChecks > 0 ? 1 : 0
        windows += report.windows
        for books in report.completeness {
            duplicates += Int(books.duplicateWindows)
            late += Int(books.lateWindows)
            dropped += Int(books.droppedWindows)
            missingSeconds += Int(books.missing.count)
        }
        for fact in report.facts { facts[fact.name, default: 0] += 1 }
        outcomes[report.outcome?.code ?? "none", default: 0] += 1
        if report.violation != nil { broken.append(report) }
    }

    package mutating func add(_ other: SimulationTotals) {
        runs += other.runs
        virtualMicros += other.virtualMicros
        steps += other.steps
        calm += other.calm
        windows += other.windows
        duplicates += other.duplicates
        late += other.late
        missingSeconds += other.missingSeconds
        dropped += other.dropped
        facts.merge(other.facts, uniquingKeysWith: +)
        outcomes.merge(other.outcomes, uniquingKeysWith: +)
        broken += other.broken
    }

    package var description: String {
        """
        \(runs) fleets, \(broken.count) broke a promise; \(virtualMicros / 1_000_000) virtual seconds, \(steps) steps, \(calm) ended in calm
        windows: \(windows) stored, \(duplicates) came again, \(late) late; \(missingSeconds) seconds named missing
        facts: \(Self.list(facts))
        ends: \(Self.list(outcomes))
        """
    }

    private static func list(_ numbers: [String: Int]) -> String {
        numbers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
