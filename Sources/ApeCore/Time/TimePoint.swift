/// A reading of one clock. Readings of the same clock can be compared, and are apart by a ``Micros``; a reading of
/// another clock is another type, so that the two never meet by accident.
package protocol TimePoint: Sendable, Hashable, Comparable {
    /// Microseconds since the clock's zero.
    var micros: Int64 { get }

    init(micros: Int64)
}

extension TimePoint {
    /// Before every reading.
    package static var distantPast: Self { Self(micros: .min) }
    /// After every reading.
    package static var distantFuture: Self { Self(micros: .max) }

    /// The whole second at or before this time.
    package var secondFloor: Self {
        let rest = micros % 1_000_000
        return Self(micros: micros.subtractingClamped(rest < 0 ? rest + 1_000_000 : rest))
    }

    /// The whole second at or after this time.
    package var secondCeiling: Self { (self + Micros(999_999)).secondFloor }

    package static func < (left: Self, right: Self) -> Bool {
        left.micros < right.micros
    }

    package static func + (time: Self, length: Micros) -> Self {
        Self(micros: time.micros.addingClamped(length.micros))
    }

    package static func - (time: Self, length: Micros) -> Self {
        Self(micros: time.micros.subtractingClamped(length.micros))
    }

    /// How long `left` is after `right`.
    package static func - (left: Self, right: Self) -> Micros {
        Micros(left.micros.subtractingClamped(right.micros))
    }
}
