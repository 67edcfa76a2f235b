/// A length of time in whole microseconds; negative where it leads back.
///
/// Two of them add up to one, and one moves a ``FleetTime`` or a ``LocalTime``. Sums hold at the greatest and the least
/// value: what a peer says never overflows. What a worker measures (the samples of a histogram, the sums of a tally)
/// stays a plain `Int64`: a sample is no reading of a clock, and is counted by the million.
package struct Micros: Sendable, Hashable, Comparable {
    package var micros: Int64

    package init(_ micros: Int64) {
        self.micros = micros
    }

    package static let zero = Micros(0)
    /// One second.
    package static let second = Micros(1_000_000)
    package static let max = Micros(.max)

    package static func milliseconds(_ count: Int64) -> Micros {
        Micros(count) * 1_000
    }

    package static func seconds(_ count: Int64) -> Micros {
        Micros(count) * 1_000_000
    }

    /// The whole seconds in it.
    package var wholeSeconds: Int64 { micros / 1_000_000 }

    package static func < (left: Micros, right: Micros) -> Bool {
        left.micros < right.micros
    }

    package static func + (left: Micros, right: Micros) -> Micros {
        Micros(left.micros.addingClamped(right.micros))
    }

    package static func - (left: Micros, right: Micros) -> Micros {
        Micros(left.micros.subtractingClamped(right.micros))
    }

    package static func += (left: inout Micros, right: Micros) {
        left = left + right
    }

    package static func * (length: Micros, factor: Int64) -> Micros {
        let (product, overflow) = length.micros.multipliedReportingOverflow(by: factor)
        return Micros(overflow ? ((length.micros < 0) == (factor < 0) ? .max : .min) : product)
    }

    /// So great a part of it, rounded towards zero; held at the greatest and the least value, and zero for what is no
    /// number.
    package func scaled(by factor: Double) -> Micros {
        let product = (Double(micros) * factor).rounded(.towardZero)
        return Micros(Int64(exactly: product) ?? (product > 0 ? .max : product < 0 ? .min : 0))
    }

    package static func / (length: Micros, divisor: Int64) -> Micros {
        Micros(length.micros / divisor)
    }
}
