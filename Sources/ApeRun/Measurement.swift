/// A measured value on its way to a verdict.
struct Measurement {
    /// In the target's unit.
    var value: Double
    var precision: Precision?
    var samples: Int64
    /// What was measured, for people.
    var basis: String
}
