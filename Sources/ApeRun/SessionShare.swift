import ApeCore
import ApeMetrics

/// The share of sessions that were successful and stateful, with the seconds of a hold weighing alike.
///
/// **Each second weighs alike.** Sessions count where they end. A dead service ends few, so a plain share forgets its
/// death. A hold is cut into ten equal parts; a part's share is of the sessions that ended in it (successful and stateful
/// over completed; those cut by a worker's loss apart), and where none ended, of those that were open in it, by how they
/// ended later (unanswered is failed; still making progress when the run was over is left out). The value is the mean of
/// the parts. In a steady hold this is the plain share, which the report shows beside it.
package struct SessionShare: Sendable, Equatable {
    static let maximumParts = 10

    /// An equal part of a hold.
    struct Part: Sendable, Equatable {
        var seconds = 0
        var sessions: Int64 = 0
        var successful: Int64 = 0
    }

    /// The parts of which anything is known.
    private(set) var parts: [Part] = []
    /// Of all completed sessions alike.
    package private(set) var plain = ComparableRun.Share(count: 0, trials: 0)

    init() {}

    /// The share of a stage's hold.
    init(_ stage: StageLedger) {
        plain = stage.hold.successShare
        let (hold, all) = (stage.holdTotals, stage.seconds)
        let number = min(Self.maximumParts, hold.count)
        var open = Part()
        for second in all[..<hold.startIndex] { open.carry(second) }
        for index in 0..<number {
            var ended = Part()
            for offset in Self.seconds(ofPart: index, of: number, in: hold.count) {
                let second = hold[hold.startIndex + offset]
                open.carry(second)
                ended.seconds += 1
                ended.sessions = ended.sessions.addingClamped(second.completedSessions)
                ended.successful = ended.successful.addingClamped(second.successfulStatefulSessions)
            }
            // Where none ended, all that were open at any time of the part are open at its end.
            open.seconds = ended.seconds
            let part = ended.sessions > 0 ? ended : open
            if part.sessions > 0 { parts.append(part) }
        }
    }

    private static func seconds(ofPart part: Int, of parts: Int, in seconds: Int) -> Range<Int> {
        part * seconds / parts..<(part + 1) * seconds / parts
    }

    mutating func add(_ other: SessionShare) {
        parts += other.parts
        plain = .init(
            count: plain.count.addingClamped(other.plain.count),
            trials: plain.trials.addingClamped(other.plain.trials)
        )
    }
}

extension SessionShare {
    /// The mean of the parts' shares, 0 to 1; nil where nothing is known of any.
    package var value: Double? {
        let seconds = parts.reduce(0) { $0 + $1.seconds }
        guard seconds > 0 else { return nil }
        let mean = parts.reduce(0) { $0 + $1.weighted } / Double(seconds)
        // Parts of one share have it as their mean: sums of binary fractions come out a hair off.
        return min(1, max(0, (mean * 1e12).rounded() / 1e12))
    }

    /// The completed sessions; where none completed, those that were open.
    package var samples: Int64 { plain.trials > 0 ? plain.trials : parts.map(\.sessions).max() ?? 0 }

    /// Wilson's, at 95 %, of the value with the number of completed sessions; 0 to 1.
    package var interval: Interval? { value.flatMap { WilsonScore.interval(share: $0, trials: samples) } }

    /// The share as so many of the samples: what a comparison tests is what is shown.
    package var counted: ComparableRun.Share {
        .init(count: Int64(saturating: ((value ?? 0) * Double(samples)).rounded()), trials: samples)
    }
}

extension SessionShare.Part {
    fileprivate mutating func carry(_ second: SecondTotals) {
        sessions = sessions.addingClamped(second.openSessionsChange)
        successful = successful.addingClamped(second.openSuccessfulChange)
    }

    fileprivate var weighted: Double {
        Double(seconds) * min(1, max(0, Double(successful) / Double(max(1, sessions))))
    }
}
