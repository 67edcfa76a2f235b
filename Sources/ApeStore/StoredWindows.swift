import ApeCore
import ApeMetrics
import Foundation
import GRDB

extension RunStore {
    /// A run's windows in the order in which they were stored, read page by page.
    package func windows(ofRun run: String) -> StoredWindows {
        StoredWindows(store: self, run: run)
    }

    /// A run's ledger, made again from all that is stored.
    ///
    /// - Returns: nil when the store does not know the run.
    package func ledger(ofRun id: String) async throws -> RunLedger? {
        guard let recovered = try await recover(run: id) else { return nil }
        var ledger = RunLedger(plan: recovered.run.plan)
        for timeline in recovered.timelines { ledger.stageStarted(timeline) }
        for worker in recovered.workers {
            for presence in worker.presences {
                ledger.workerJoined(worker.facts, fromMicros: presence.fromMicros)
                if let end = presence.toMicros {
                    ledger.workerGone(worker.facts.id, ending: presence.ending ?? .lost, atMicros: end)
                }
            }
        }
        for event in recovered.events { ledger.add(event: event) }
        for try await item in windows(ofRun: id) { ledger.add(worker: item.worker, window: item.window) }
        if let ended = recovered.run.endedMicros { ledger.ended(atMicros: ended) }
        return ledger
    }

    fileprivate func page(ofRun run: String, after number: Int64) async throws -> [(number: Int64, item: WorkerWindow)]
    {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT windows.number, id, seq, body FROM windows CROSS JOIN workers ON worker = workers.number
                    WHERE +windows.run = ? AND windows.number > ? ORDER BY windows.number LIMIT ?
                    """,
                arguments: [try Self.number(ofRun: run, database), number, Self.pageSize]
            )
            return try rows.map { row in
                let worker: String = row["id"]
                let seq: Int64 = row["seq"]
                let body: Data = row["body"]
                guard let window = try? WindowCoding.window(from: [UInt8](body), run: run, seq: seq) else {
                    throw StoreFault.damaged("window \(seq) of worker \(worker)")
                }
                return (row["number"], WorkerWindow(worker: worker, window: window))
            }
        }
    }
}

/// The windows of a run, one after the other.
package struct StoredWindows: AsyncSequence {
    package typealias Element = WorkerWindow

    let store: RunStore
    let run: String

    package func makeAsyncIterator() -> Iterator {
        Iterator(store: store, run: run)
    }

    package struct Iterator: AsyncIteratorProtocol {
        let store: RunStore
        let run: String
        private var page: [(number: Int64, item: WorkerWindow)] = []
        private var position = 0
        private var last: Int64 = 0

        init(store: RunStore, run: String) {
            self.store = store
            self.run = run
        }

        package mutating func next() async throws -> WorkerWindow? {
            if position == page.count {
                page = try await store.page(ofRun: run, after: last)
                position = 0
            }
            guard position < page.count else { return nil }
            defer { position += 1 }
            last = page[position].number
            return page[position].item
        }
    }
}
