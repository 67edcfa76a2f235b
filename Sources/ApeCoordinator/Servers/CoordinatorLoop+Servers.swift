import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun
import ApeStore

/// Servers' own figures go to the store with the next batch, and count once they are stored, as windows do.
extension CoordinatorLoop {
    /// The most answers that wait for a store that takes nothing: two minutes of every server.
    private static let maximumWaiting = 120 * ScrapeTarget.maximumNumber

    /// Asks servers for their figures until its task is cancelled.
    nonisolated func ask(_ scrapers: [ServerScraper], by outbound: Outbound) async {
        await withDiscardingTaskGroup { group in
            for scraper in scrapers {
                group.addTask {
                    await scraper.run(outbound, clock: self.clock) {
                        await self.isUnderWay
                    } take: {
                        await self.take($0)
                    }
                }
            }
        }
    }

    /// Whether a stage has been scheduled: what servers do before tells nothing of the run.
    var isUnderWay: Bool { outcome == nil && record.ledger.stages.contains { $0.timeline != nil } }

    func take(_ sample: ServerSample) {
        guard outcome == nil else { return }
        waitingServers.append(sample)
        if waitingServers.count > Self.maximumWaiting { waitingServers.removeFirst() }
    }

    /// Takes what waits, to be stored.
    func takeWaitingServers() -> [ServerSample] {
        defer { waitingServers = [] }
        return waitingServers
    }

    /// What could not be stored waits for the next batch.
    func putBack(_ samples: [ServerSample]) {
        waitingServers = Array((samples + waitingServers).suffix(Self.maximumWaiting))
    }

    /// Counts what is stored now.
    func count(_ samples: [ServerSample]) {
        for sample in samples {
            for event in record.ledger.add(sample) { tell(event) }
        }
    }

    /// The answers of the last second are stored beside the run's end.
    func storeLastServers() async {
        let last = takeWaitingServers()
        guard !last.isEmpty, (try? await store.commit(CommitBatch(), servers: last, run: configuration.runID)) != nil
        else { return }
        count(last)
    }
}
