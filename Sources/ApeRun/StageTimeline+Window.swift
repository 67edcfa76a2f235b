import ApeCore
import ApeMetrics

extension StageTimeline {
    /// Whether a window's samples are judged: it says that it is of the hold, and it lies inside it.
    package func judges(_ window: Window) -> Bool {
        window.phase == .hold && window.startMicros >= holdStart.micros && window.endMicros <= end.micros
    }
}

extension WholeSeconds {
    /// The seconds that a window covers: one, or more where a worker was too late to cut one.
    package static func covered(by window: Window) -> Range<Int64> {
        covered(FleetTime(micros: window.startMicros), FleetTime(micros: window.endMicros))
    }
}
