/// Fleet time: microseconds since 1970 by the coordinator's clock, which never steps during a run.
package struct FleetTime: TimePoint {
    package var micros: Int64

    package init(micros: Int64) {
        self.micros = micros
    }
}
