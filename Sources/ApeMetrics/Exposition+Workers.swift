/// Workers of one name, as gauges show them: a worker that was started anew goes on under its name.
package struct WorkerGauges: Sendable {
    /// Distinct names that a page shows; workers of further ones are added up under ``otherName``.
    package static let maximumNames = 200
    package static let otherName = "other"

    package var name: String
    package var isConnected: Bool
    /// nil for a worker that measures nothing now.
    package var moment: WorkerMoment?

    package init(name: String, isConnected: Bool, moment: WorkerMoment?) {
        self.name = name
        self.isConnected = isConnected
        self.moment = moment
    }

    /// Takes another worker of the name in: agents add up, and the host is that of the worse one.
    fileprivate mutating func merge(_ other: WorkerGauges) {
        isConnected = isConnected || other.isConnected
        guard let more = other.moment else { return }
        guard var merged = moment else { return moment = more }
        merged.assigned += more.assigned
        merged.active += more.active
        merged.host.cpuPercent = max(merged.host.cpuPercent, more.host.cpuPercent)
        merged.host.memoryPercent = max(merged.host.memoryPercent, more.host.memoryPercent)
        merged.host.processCPUPercent = max(merged.host.processCPUPercent, more.host.processCPUPercent)
        merged.host.processMemoryBytes = max(merged.host.processMemoryBytes, more.host.processMemoryBytes)
        merged.host.loopLagP99Micros = max(merged.host.loopLagP99Micros, more.host.loopLagP99Micros)
        moment = merged
    }
}

extension Exposition {
    /// Workers, each with a name of its own.
    package mutating func add(_ workers: [WorkerGauges]) {
        for worker in workers { add(.workerConnected, at: [worker.name], worker.isConnected ? 1 : 0) }
        let measured = workers.compactMap { worker in worker.moment.map { (labels: [worker.name], moment: $0) } }
        for (labels, moment) in measured { add(.workerAgents, at: labels, Int64(moment.active)) }
        for (labels, moment) in measured { add(.workerAssigned, at: labels, Int64(moment.assigned)) }
        for (labels, moment) in measured { add(.hostCPU, at: labels, number: moment.host.cpuPercent / 100) }
        for (labels, moment) in measured { add(.hostMemory, at: labels, number: moment.host.memoryPercent / 100) }
        for (labels, moment) in measured { add(.processCPU, at: labels, number: moment.host.processCPUPercent / 100) }
        for (labels, moment) in measured { add(.processMemory, at: labels, moment.host.processMemoryBytes) }
        for (labels, moment) in measured { add(.loopLag, at: labels, micros: moment.host.loopLagP99Micros) }
    }

    /// Every worker of a run: how it is, and what came in of it.
    package mutating func add(workersOf ledger: RunLedger) {
        let tallies = ledger.books.tallies
        var names: [String] = []
        var gauges: [String: WorkerGauges] = [:]
        var sums: [String: WorkerTally] = [:]
        for tally in tallies {
            let isKnown = gauges[tally.name] != nil || names.count < WorkerGauges.maximumNames
            let name = isKnown ? tally.name : WorkerGauges.otherName
            // What a worker that is not there was like says nothing of now.
            let isConnected = tally.standing == .connected
            let moment = isConnected ? ledger.workers[tally.worker]?.latest : nil
            let fresh = WorkerGauges(name: name, isConnected: isConnected, moment: moment)
            if gauges[name] == nil { names.append(name) }
            gauges[name] =
                gauges[name].map { known in
                    var merged = known
                    merged.merge(fresh)
                    return merged
                } ?? fresh
            sums[name] = sums[name].map { $0.adding(tally) } ?? tally
        }
        add(names.compactMap { gauges[$0] })
        let rows = names.compactMap { name in sums[name].map { (labels: [name], sum: $0) } }
        for (labels, sum) in rows { add(.windowsReceived, at: labels, sum.windows) }
        for (labels, sum) in rows { add(.windowsLate, at: labels, sum.late) }
        for (labels, sum) in rows { add(.windowsDuplicate, at: labels, sum.duplicates) }
        for (labels, sum) in rows { add(.windowsDropped, at: labels, sum.dropped) }
    }
}

extension WorkerTally {
    fileprivate func adding(_ other: WorkerTally) -> WorkerTally {
        var sum = self
        sum.windows = windows.addingClamped(other.windows)
        sum.late = late.addingClamped(other.late)
        sum.duplicates = duplicates.addingClamped(other.duplicates)
        sum.dropped = dropped.addingClamped(other.dropped)
        return sum
    }
}
