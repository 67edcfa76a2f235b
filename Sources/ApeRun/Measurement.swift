/// A measured value on its way to a verdict.
struct Measurement {
    /// In the target's unit.
    var value: Double
    var precision: Precision?
    /// At 95 % confidence, in the target's unit.
    var interval: Interval?
    var samples: Int64
    /// What was measured, for people.
    var basis: String
    /// The stages that have a value of their own.
    var stages: [StageValue] = []
    /// What of the value the load generator itself added, in the target's unit; nil for what is no mean of waits.
    var generator: Double?
    /// That a stage which was held has no sample, in a sentence; nil where each has some.
    var silence: String?

    init(value: Double, precision: Precision? = nil, samples: Int64, basis: String) {
        self.value = value
        self.precision = precision
        interval = precision?.interval
        self.samples = samples
        self.basis = basis
    }

    /// The value of one of the stages that are pooled.
    struct StageValue {
        var name: String
        var value: Double
        var interval: Interval?
        var generator: Double?
    }

    /// ``basis``, and why the interval cannot be trusted where it cannot.
    var details: String { precision?.estimate?.shortfall.map { basis + " " + $0 } ?? basis }
}
