import ApeCore
import ApeMetrics
import ApeRun

/// What the formats are made of: the report, and the run second by second where a format shows that.
package struct RunReport: Sendable {
    package var validation: ValidationReport
    /// Every second and stage, for CSV; empty where none was asked for.
    package var seconds: [TimelinePoint]
    /// The same in so many points as a picture carries.
    package var picture: [TimelinePoint]

    package init(_ validation: ValidationReport, seconds: [TimelinePoint] = [], picture: [TimelinePoint] = []) {
        self.validation = validation
        self.seconds = seconds
        self.picture = picture
    }

    /// - Parameters:
    ///   - validation: the report.
    ///   - outputs: what is to be written.
    ///   - timelines: what ``ReportOutputs/timelines(of:)`` came to.
    package init(_ validation: ValidationReport, for outputs: ReportOutputs, timelines: [[TimelinePoint]]) {
        self.init(validation)
        if outputs.need(.seconds) { seconds = timelines.first ?? [] }
        if outputs.need(.picture) { picture = timelines.last ?? [] }
    }
}

extension ReportOutputs {
    /// The timelines that the formats show, to be fed with the run's windows.
    package func timelines(of ledger: RunLedger) -> [TimelineBuilder] {
        var builders: [TimelineBuilder] = []
        if need(.seconds) { builders.append(TimelineBuilder(ledger)) }
        if need(.picture) {
            let seconds = TimelineBuilder.pointSeconds(forPictureOf: ledger)
            builders.append(TimelineBuilder(ledger, pointSeconds: seconds))
        }
        return builders
    }
}
