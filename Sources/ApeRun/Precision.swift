/// What is known of a measured value's error.
enum Precision: Sendable, Equatable {
    /// Of a mean: what its batches tell.
    case mean(BatchMeans.Estimate)
    /// Of a percentage: how many of how many.
    case share(ComparableRun.Share)

    /// At 95 % confidence, in the value's unit.
    var interval: Interval? {
        switch self {
        case .mean(let estimate): estimate.interval()
        case .share(let share):
            WilsonScore.interval(successes: share.count, trials: share.trials)?.scaled(by: 100)
        }
    }

    /// nil where the value is no mean.
    var estimate: BatchMeans.Estimate? { if case .mean(let estimate) = self { estimate } else { nil } }

    /// nil where the value is no share.
    var share: ComparableRun.Share? { if case .share(let share) = self { share } else { nil } }
}
