import Synchronization

/// The prompts that a worker has sent in a run, as hashes of 64 bits: it tells a new one from one that was sent before.
///
/// Among a million prompts two fall on one hash with a probability of one in 30 million.
package final class SentPrompts: Sendable {
    /// Prompts that are kept, in at most 32 MB. A worker that sends more looks up none of the others.
    package static let maximum = 1 << 20
    /// Sets that the hashes are spread over: none is ever so great that growing it would hold up an agent.
    private static let sets = 256

    private struct Contents {
        var sets = [Set<UInt64>](repeating: [], count: SentPrompts.sets)
        var count = 0
    }

    private let maximum: Int
    private let contents = Mutex(Contents())

    package init(maximum: Int = SentPrompts.maximum) {
        self.maximum = maximum
    }

    /// Looks up a prompt and keeps it.
    ///
    /// - Returns: whether it is new; nil once as many are kept as may be.
    package func note(_ hash: UInt64) -> Bool? {
        contents.withLock { contents in
            guard contents.count < maximum else { return nil }
            let isNew = contents.sets[Int(hash % UInt64(Self.sets))].insert(hash).inserted
            if isNew { contents.count += 1 }
            return isNew
        }
    }
}
