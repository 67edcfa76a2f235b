/// Seconds of fleet time, numbered from 1970.
package enum WholeSeconds {
    /// The seconds that lie wholly between two times.
    package static func inside(_ start: FleetTime, _ end: FleetTime) -> Range<Int64> {
        let first = max(0, start.micros).addingClamped(999_999) / 1_000_000
        return first..<max(first, end.micros / 1_000_000)
    }

    /// The seconds that the time between two times touches.
    package static func covered(_ start: FleetTime, _ end: FleetTime) -> Range<Int64> {
        let first = max(0, start.micros) / 1_000_000
        return first..<max(first, max(0, end.micros).addingClamped(999_999) / 1_000_000)
    }
}
