import ApeCore
import ApeFleet
import ApeMetrics

/// The servers' own figures in a run. Its memory is bounded by servers, series and the points of a picture.
package struct ServerBook: Sendable, Equatable {
    /// In the order of their first answers.
    package private(set) var servers: [ServerLedger] = []

    package var isEmpty: Bool { servers.isEmpty }

    mutating func add(_ sample: ServerSample, hold: (stage: Int, offset: Int64)?) -> [FleetEvent] {
        if let place = servers.firstIndex(where: { $0.name == sample.server }) {
            return servers[place].add(sample, hold: hold)
        }
        guard servers.count < ScrapeTarget.maximumNumber else { return [] }
        var server = ServerLedger(sample)
        defer { servers.append(server) }
        return server.add(sample, hold: hold)
    }

    mutating func forget(stage: Int) {
        for place in servers.indices { servers[place].forget(stage: stage) }
    }

    func alone(_ stage: Int) -> Self {
        var alone = self
        alone.servers = servers.map { $0.alone(stage) }
        return alone
    }

    /// What a server did not show of a stage's hold, in a clause; nil where it showed everything.
    ///
    /// - Parameters:
    ///   - name: the server; nil for the only one.
    ///   - index: the stage's place in the plan.
    ///   - stage: the stage.
    /// - Returns: such as `vllm: no figures for 34 of 60 s: connection refused in the hold of peak`.
    func silence(of name: String?, in index: Int, _ stage: StageLedger) -> String? {
        let held = stage.heldSeconds.count
        guard held > 0 else { return nil }
        guard let server = servers.first(where: { $0.name == name ?? $0.name }) else {
            return "\(name ?? "the server") was not asked in the hold of \(stage.stage.name)"
        }
        return server.silence(in: index, held: held).map { $0 + " in the hold of \(stage.stage.name)" }
    }
}

extension ServerLedger {
    /// What it did not show of a hold, such as `vllm: no figures for 34 of 60 s: connection refused`.
    package func silence(in stage: Int, held: Int) -> String? {
        let answers = answers[stage] ?? ServerAnswers()
        let missing = answers.missingSeconds(of: held, everyMicros: everyMicros)
        guard missing > 0 else { return nil }
        let reason = answers.reason.map { ": \($0)" } ?? ": it was not asked"
        return "\(name): no figures for \(missing) of \(held) s\(reason)"
    }
}

extension RunLedger {
    /// Adds what a server showed, or why it showed nothing.
    ///
    /// - Returns: what people are told of it.
    @discardableResult
    package mutating func add(_ sample: ServerSample) -> [FleetEvent] {
        let index = stages.firstIndex { $0.heldSeconds.contains(sample.second) }
        let hold = index.flatMap { index in
            stages[index].timeline.map { (stage: index, offset: sample.second - $0.holdSeconds.lowerBound) }
        }
        if let hold { add(sample, stage: hold.stage, offset: hold.offset) }
        let events = servers.add(sample, hold: hold)
        for event in events { insert(event) }
        return events
    }
}
