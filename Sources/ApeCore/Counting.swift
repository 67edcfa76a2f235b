extension BinaryInteger {
    /// The number with what it counts, such as `1 agent` or `2 agents`; for nouns whose plural adds an s.
    package func counting(_ noun: String) -> String {
        "\(self) \(noun)\(self == 1 ? "" : "s")"
    }
}

extension Int64 {
    /// The sum, held at the bound that it would cross: numbers of a hostile peer must not trap.
    package func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// Adds, held as in ``addingClamped(_:)``.
    package mutating func addClamped(_ other: Int64) {
        self = addingClamped(other)
    }

    /// The product, held at the bound that it would cross.
    package func multipliedClamped(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// The difference, held at the bound that it would cross.
    package func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
}

extension Int64 {
    /// The nearest integer of 64 bits to a number; 0 for what is no number.
    package init(saturating number: Double) {
        self = number.isNaN ? 0 : number >= 0x1p63 ? .max : number < -0x1p63 ? .min : Int64(number)
    }
}

extension Int {
    /// The nearest integer to a number; 0 for what is no number.
    package init(saturating number: Double) {
        self.init(Int64(saturating: number))
    }
}

extension Comparable {
    /// The value, held at the bound that it would cross.
    package func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
