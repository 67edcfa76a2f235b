/// A worker's own time: microseconds by a clock of its process that never steps. Where its zero lies is nobody else's
/// business; fleet time is worked out from it.
package struct LocalTime: TimePoint {
    package var micros: Int64

    package init(micros: Int64) {
        self.micros = micros
    }
}
