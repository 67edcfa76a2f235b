import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

/// What is known to be missing, and what came between: the measurements of a run are worth as much as these say.
extension RunReport {
    /// The whole run's.
    var completenessPart: JSONValue {
        let row = tables.completeness
        var object = members(of: row.run)
        object["windows"] = windowsPart(row.workers)
        object["workers"] = .array(row.workers.map(workerCompletenessPart))
        object["coordinator_outages"] = .array(row.outages.map(stretch))
        object["store_stalls"] = .array(row.storeStalls.map(stretch))
        object["pauses"] = .array(row.pauses.map(stretch))
        object["reassignments"] = .array(ledger.books.reassignments.map(reassignmentPart))
        object["reassignments_dropped"] = .integer(ledger.books.reassignmentsDropped)
        object["otlp"] = exported.map(exportedPart) ?? .null
        return .object(object)
    }

    private func exportedPart(_ account: OTLPAccount) -> JSONValue {
        [
            "sent": .integer(account.sent), "lost": .integer(account.lost), "rejected": .integer(account.rejected),
            "sessions_sent": .integer(account.sessionsSent), "sessions_lost": .integer(account.sessionsLost),
            "last_error": account.lastError.map { .string($0) } ?? .null,
        ]
    }

    /// A stage's hold's, by which its verdicts stand.
    func stageCompletenessPart(_ completeness: Completeness) -> JSONValue {
        var object = members(of: completeness)
        object["sufficient"] = .bool(completeness.isSufficient)
        return .object(object)
    }

    private func members(of completeness: Completeness) -> JSONObject {
        [
            "expected_seconds": .integer(completeness.expectedSeconds),
            "received_seconds": .integer(completeness.receivedSeconds),
            "missing_seconds": .integer(completeness.missingSeconds),
            "missing_share": .number(completeness.missingShare),
            "missing": .array(completeness.missing.map(missingPart)),
        ]
    }

    private func missingPart(_ missing: Completeness.Missing) -> JSONValue {
        [
            "worker": missing.worker.map(name) ?? .null,
            "worker_id": missing.worker.map { .string($0) } ?? .null,
            "stage": .string(ledger.stages[missing.stage].stage.name),
            "phase": .string(missing.phase.rawValue),
            "from_time": time(missing.seconds.lowerBound * 1_000_000),
            "to_time": time(missing.seconds.upperBound * 1_000_000),
            "seconds": .integer(Int64(missing.seconds.count)),
        ]
    }

    private func workerCompletenessPart(_ worker: WorkerCompleteness) -> JSONValue {
        [
            "worker": .string(worker.name), "worker_id": .string(worker.worker),
            "expected_seconds": .integer(worker.expectedSeconds),
            "received_seconds": .integer(worker.receivedSeconds),
            "missing_seconds": .integer(worker.missing.count),
            "windows": windowsPart([worker]), "refused_windows": .object(refusedPart(worker)),
            "over_budget": excessPart(worker.excesses),
            "disconnections": .array(worker.disconnections.map(stretch)),
        ]
    }

    /// Why windows of a worker could not be read.
    private func refusedPart(_ worker: WorkerCompleteness) -> JSONObject {
        worker.refusedWindows.sorted { $0.key < $1.key }.reduce(into: [:]) { $0[$1.key] = .integer($1.value) }
    }

    private func windowsPart(_ workers: [WorkerCompleteness]) -> JSONValue {
        func sum(_ number: KeyPath<WorkerCompleteness, Int64>) -> JSONValue {
            .integer(workers.reduce(0) { $0.addingClamped($1[keyPath: number]) })
        }
        return [
            "received": sum(\.windows), "late": sum(\.lateWindows), "duplicate": sum(\.duplicateWindows),
            "dropped": sum(\.droppedWindows), "refused": sum(\.refused),
        ]
    }

    private func excessPart(_ excesses: [Excess: Int64]) -> JSONValue {
        var object = JSONObject()
        for what in Excess.allCases { object[what.rawValue] = .integer(excesses[what] ?? 0) }
        return .object(object)
    }

    private func reassignmentPart(_ reassignment: FleetBooks.Reassignment) -> JSONValue {
        let move = reassignment.move
        return [
            "time": time(reassignment.atMicros), "reason": .string(move.reason.rawValue),
            "agents": .integer(Int64(move.agents)),
            "from": name(move.from), "from_id": .string(move.from),
            "to": .array(
                move.to.sorted { $0.key < $1.key }.map {
                    ["worker": name($0.key), "worker_id": .string($0.key), "agents": .integer(Int64($0.value))]
                }
            ),
            "stood_still_seconds": .seconds(move.stoodStill.micros),
        ]
    }

    private func stretch(_ range: Range<Int64>) -> JSONValue {
        [
            "from_time": time(range.lowerBound), "to_time": time(range.upperBound),
            "seconds": .seconds(range.upperBound - range.lowerBound),
        ]
    }

    private func name(_ worker: String) -> JSONValue { .string(workerName(worker)) }
}
