import ApeCore
import ApeRun

/// What is sent to those who want to be told how a run ended: an event as Standard Webhooks has it, and a line for chats.
///
/// What a run has to say of itself is in its report; this names what decided, and where the rest is.
package struct VerdictNotice: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The run is over: by its plan, a budget, a threshold, somebody's word, or a fleet that could not go on.
        case ended = "run.ended"
        /// Its coordinator was told to end. Another may go on with it, or nobody.
        case suspended = "run.suspended"
    }

    /// The number of the form; a member that is added leaves it as it is.
    static let schemaVersion: Int64 = 1
    /// Characters of a sentence; what is longer is in the report.
    static let maximumSentence = 500

    package let kind: Kind
    /// The event's JSON, in bytes as they are signed and sent.
    package let body: [UInt8]
    /// The JSON that chats take: the verdict in one line, and no other member, since some refuse what they do not know.
    package let chatBody: [UInt8]

    /// - Parameters:
    ///   - report: the run's report.
    ///   - files: what was written of it: names, and paths from the root.
    ///   - job: the page of the pipeline's job; nil where none is known.
    package init(_ report: RunReport, files: [(name: String, path: String)], job: String?) {
        kind = report.verdict.outcome == .suspended ? .suspended : .ended
        let line = JSONValue.string(String(ChatLine(report).text.dropLast()))
        let event: JSONValue = [
            "type": .string(kind.rawValue),
            "timestamp": .string(Timestamp.text(micros: report.run.endMicros)),
            "schema_version": .integer(Self.schemaVersion),
            "text": line,
            "data": report.noticePart(files: files, job: job),
        ]
        body = Array(event.text.utf8)
        chatBody = Array(JSONValue.object(["text": line]).text.utf8)
    }

    /// Words that fit a message.
    fileprivate static func sentence(_ text: String) -> JSONValue { .string(text.cut(to: maximumSentence)) }
}

extension RunReport {
    fileprivate func noticePart(files: [(name: String, path: String)], job: String?) -> JSONValue {
        let failed = verdict.decidingStages.map { tables.stages[$0] }.filter { $0.status == .fail }.map(\.name)
        return [
            "run": .string(run.id), "scenario": .string(run.scenarioName), "is_demo": .bool(run.subject.isDemo),
            "start_time": .string(Timestamp.text(micros: run.startMicros)),
            "end_time": .string(Timestamp.text(micros: run.endMicros)),
            "outcome": .string(verdict.outcome.name),
            "outcome_reason": outcomeReason.map(VerdictNotice.sentence) ?? .null,
            "verdict": .string(headline), "status": .string(verdict.status.rawValue),
            "exit_code": .integer(Int64(exitCode.rawValue)),
            "exit_sentence": VerdictNotice.sentence(exitSentence),
            "targets": .array(tables.targets.map { ConditionRow($0, places: nil).noticePart }),
            "thresholds": .array(verdict.thresholds.map { ConditionRow($0).noticePart }),
            "failed_stages": .array(failed.map { .string($0) }),
            "max_achieved_agents": tables.stages.compactMap(\.achievedAgents).max().map { .integer(Int64($0)) }
                ?? .null,
            "report_files": .array(files.map { ["name": .string($0.name), "path": .string($0.path)] }),
            "job_url": job.map { .string($0) } ?? .null,
            "ape_version": .string(run.apeVersion),
        ]
    }
}

extension ConditionRow {
    fileprivate var noticePart: JSONValue {
        [
            "name": .string(name), "title": .string(title), "status": .string(status.rawValue),
            "critical": .bool(isCritical), "marginal": .bool(isMarginal),
            "measured_value": measured.map { .number($0) } ?? .null, "unit": .string(unit),
            "measured": amount.map { .string($0) } ?? .null, "limit": .string(demand),
            "details": VerdictNotice.sentence(details),
        ]
    }
}
