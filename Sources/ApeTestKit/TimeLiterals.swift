import ApeCore

// A test may write a time as a plain number of microseconds; the house itself says what a number counts.

extension FleetTime: ExpressibleByIntegerLiteral {
    package init(integerLiteral micros: Int64) {
        self.init(micros: micros)
    }
}

extension LocalTime: ExpressibleByIntegerLiteral {
    package init(integerLiteral micros: Int64) {
        self.init(micros: micros)
    }
}

extension Micros: ExpressibleByIntegerLiteral {
    package init(integerLiteral micros: Int64) {
        self.init(micros)
    }
}
