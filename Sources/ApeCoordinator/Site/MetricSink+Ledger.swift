import ApeCore
import ApeHTTP
import ApeMetrics
import ApeRun

extension MetricSink {
    /// Every worker of a run: how it is, and what came in of it.
    package mutating func add(workersOf ledger: RunLedger) {
        let tallies = ledger.books.tallies
        var names: [String] = []
        var gauges: [String: WorkerGauges] = [:]
        var sums: [String: WorkerTally] = [:]
        // Of workers that took each other's place under one name that of the last.
        var versions: [String: String] = [:]
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
            if isKnown { versions[name] = ledger.workers[tally.worker]?.facts.version }
            sums[name] = sums[name].map { $0.adding(tally) } ?? tally
        }
        for name in names {
            if let version = versions[name], !version.isEmpty { add(.workerInfo, at: [name, version], 1) }
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
