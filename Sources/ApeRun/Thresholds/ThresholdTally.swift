import ApeCore
import ApeMetrics

/// What one threshold has to go by in one stage's hold: small sums for each second, and one distribution of them all.
struct ThresholdTally: Sendable, Equatable {
    /// Seconds of which a threshold with a window keeps whole distributions, to tell the percentile of its worst stretch.
    private static let keptSeconds = 7_200

    let threshold: Threshold
    /// nil for one that this version of APE cannot read.
    let quantity: ThresholdQuantity?
    /// One for each second of the hold, from its start, as far as something came in.
    private(set) var seconds: [Second] = []
    /// All durations of the hold.
    private(set) var pooled = Histogram()
    /// The durations of each second, where a percentile of stretches is asked.
    private(set) var distributions: [Histogram] = []

    /// What one second of a hold began.
    struct Second: Sendable, Equatable {
        /// Microseconds of durations, or the number of what is counted.
        var sum: Int64 = 0
        /// Durations, or the number of what it is a part of.
        var count: Int64 = 0
        /// Durations that do not exceed the limit.
        var within: Int64 = 0
        var least: Int64 = .max
        var greatest: Int64 = .min
    }

    init(_ threshold: Threshold) {
        self.threshold = threshold
        quantity = try? ThresholdCatalogue.quantity(of: threshold.condition)
    }

    /// Whether it judges a stage.
    func concerns(_ stage: Stage) -> Bool {
        threshold.condition.value(of: ThresholdCatalogue.stageLabel).map { $0 == stage.name } ?? true
    }

    /// Adds a window of the hold.
    ///
    /// - Parameters:
    ///   - window: its samples are judged.
    ///   - offset: the second of the hold in which it began.
    mutating func add(_ window: Window, offset: Int64) {
        guard let quantity, offset >= threshold.afterMicros / 1_000_000, offset < SecondSet.maximumSeconds else {
            return
        }
        let place = Int(offset)
        switch quantity {
        case .durations(let source):
            let limit = limitMicros
            let fails = threshold.condition.comparison.isUpper
            add(source.durations(in: window.series, limitMicros: fails ? limit : nil), at: place)
        case .mean(let sum, let number):
            withSecond(place) { $0.add(sum.number(in: window), number.number(in: window)) }
        case .number(let number, let whole):
            withSecond(place) { $0.add(number.number(in: window), whole?.number(in: window) ?? 0) }
        case .server: return
        }
    }

    /// Adds what a server showed in a second of the hold.
    mutating func add(_ sample: ServerSample, offset: Int64) {
        guard case .server(let source) = quantity, offset >= threshold.afterMicros / 1_000_000,
            offset < SecondSet.maximumSeconds
        else { return }
        let limit = limitMicros
        for figure in sample.figures where source.takes(figure, of: sample.server) {
            let steps = Int64(saturating: source.value(of: figure) * threshold.condition.limit.steps)
            withSecond(Int(offset)) { second in
                second.add(steps, 1)
                if steps <= limit { second.within += 1 }
                (second.least, second.greatest) = (min(second.least, steps), max(second.greatest, steps))
            }
            var one = Histogram()
            one.record(steps)
            keep(one, at: Int(offset))
        }
    }

    /// The limit in the steps in which figures are added up.
    private var limitMicros: Int64 {
        switch threshold.condition.limit {
        case .duration(let micros): micros
        case .bytes(let value), .number(let value), .percent(let value), .perSecond(let value), .perMinute(let value),
            .perHour(let value):
            Int64(saturating: value * threshold.condition.limit.steps)
        }
    }

    private mutating func add(_ durations: Histogram, at place: Int) {
        guard !durations.isEmpty else { return }
        let within = durations.number(upTo: limitMicros)
        withSecond(place) { second in
            second.add(durations.sumMicros, durations.count)
            second.within = second.within.addingClamped(within)
            second.least = min(second.least, durations.minMicros)
            second.greatest = max(second.greatest, durations.maxMicros)
        }
        keep(durations, at: place)
    }

    /// Keeps distributions where a percentile is asked.
    private mutating func keep(_ durations: Histogram, at place: Int) {
        guard case .percentile = threshold.condition.statistic else { return }
        pooled.merge(durations)
        guard threshold.windowMicros != nil, place < Self.keptSeconds else { return }
        if distributions.count <= place {
            distributions += Array(repeating: Histogram(), count: place + 1 - distributions.count)
        }
        distributions[place].merge(durations)
    }

    private mutating func withSecond(_ place: Int, _ body: (inout Second) -> Void) {
        if seconds.count <= place { seconds += Array(repeating: Second(), count: place + 1 - seconds.count) }
        body(&seconds[place])
    }

    /// The judged seconds of a hold; those without a sample too.
    ///
    /// - Parameter length: the hold's seconds.
    /// - Returns: one for each second that is not left out.
    func judged(ofHold length: Int) -> [Second] {
        let first = Int(clamping: threshold.afterMicros / 1_000_000)
        guard first < length else { return [] }
        let known = seconds.prefix(length).dropFirst(first)
        return known + Array(repeating: Second(), count: length - first - known.count)
    }
}

extension ThresholdTally.Second {
    mutating func add(_ sum: Int64, _ count: Int64) {
        self.sum = self.sum.addingClamped(sum)
        self.count = self.count.addingClamped(count)
    }
}

extension Histogram {
    /// How many samples do not exceed a limit, by whole buckets.
    fileprivate func number(upTo micros: Int64) -> Int64 {
        if isEmpty || minMicros > micros { return 0 }
        if maxMicros <= micros { return count }
        let last = Self.bucketIndex(of: micros)
        return buckets.prefix { $0.index <= last }.reduce(0) { $0.addingClamped($1.count) }
    }
}
