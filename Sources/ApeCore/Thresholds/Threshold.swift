/// A condition of the user's own on a measured figure: one verdict among the KPIs.
///
/// It is judged over the holds of a run, over the whole fleet. ``windowMicros`` judges every such stretch of a hold in
/// place of the whole of it, and ``aborts`` ends the run as soon as it fails.
package struct Threshold: Sendable, Equatable {
    /// The most thresholds of a run.
    package static let maximumNumber = 100
    /// The longest condition, in bytes.
    package static let maximumBytes = 1_000
    /// Seconds of a stretch.
    static let windowSeconds: ClosedRange<Int64> = 1...86_400
    /// Seconds of a hold's beginning that may be left out.
    static let afterSeconds: ClosedRange<Int64> = 0...86_400

    package var condition: ThresholdCondition
    /// Every stretch of this length is judged; nil for the whole hold. Whole seconds.
    package var windowMicros: Int64?
    /// What a hold begins within this time of its start is left out. Whole seconds.
    package var afterMicros: Int64
    /// Whether the run ends as soon as it fails.
    package var aborts: Bool
    /// Where it stands in the scenario's file; nil for one that was given as a flag or came over the wire.
    package var place: DocumentLocation?

    package init(
        _ condition: ThresholdCondition,
        windowMicros: Int64? = nil,
        afterMicros: Int64 = 0,
        aborts: Bool = false,
        place: DocumentLocation? = nil
    ) {
        self.condition = condition
        self.windowMicros = windowMicros
        self.afterMicros = afterMicros
        self.aborts = aborts
        self.place = place
    }

    /// Its line in the scenario's file, from 1.
    package var line: Int? { place?.line }

    /// The condition as the user wrote it, with what it is judged over: no two of a run are alike.
    package var text: String {
        var parts = [condition.text]
        if let windowMicros { parts.append("in every \(DurationText.text(micros: windowMicros))") }
        if afterMicros > 0 { parts.append("after \(DurationText.text(micros: afterMicros))") }
        return parts.joined(separator: " ")
    }
}

extension Threshold {
    /// Where it stands makes no difference.
    package static func == (left: Self, right: Self) -> Bool {
        left.condition == right.condition && left.windowMicros == right.windowMicros
            && left.afterMicros == right.afterMicros && left.aborts == right.aborts
    }
}
