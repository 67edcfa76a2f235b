import ApeCore
import ApeMetrics

extension SessionTrace {
    /// The session as it stands in an event, texts cut to their bounds.
    package var members: JSONObject {
        var members: JSONObject = [
            "goal": .name(goal), "start_us": .integer(startMicros, in: WireLimit.moments),
            "duration_us": .integer(durationMicros, in: WireLimit.counts),
        ]
        if let failedCheck {
            members["failed_check"] = [
                "name": .name(failedCheck.name), "reason": .name(failedCheck.reason),
            ]
        }
        members["steps"] = .array(steps.prefix(Self.maximumSteps).map { .object($0.members) })
        members["steps_left_out"] = .integer(stepsLeftOut, in: WireLimit.counts)
        return members
    }

    /// A session that an event carries.
    ///
    /// - Throws: ``ApeError`` that names the field which is missing, wrong or out of bounds.
    package init(_ fields: Fields) throws(ApeError) {
        guard let list = fields.object["steps"] else { throw fields.missing("steps") }
        guard let list = list.array, list.count <= Self.maximumSteps else {
            throw ApeError(.malformed, "\(fields.type).steps is not a list of at most \(Self.maximumSteps)")
        }
        var steps: [Step] = []
        for (number, step) in list.enumerated() {
            steps.append(try Step(Fields(type: "\(fields.type).steps[\(number)]", object: step)))
        }
        var check: FailedCheck?
        if let fields = try fields.optionalNested("failed_check") {
            check = FailedCheck(name: try fields.text("name"), reason: try fields.text("reason"))
        }
        self.init(
            goal: try fields.text("goal"),
            startMicros: try fields.integer("start_us"),
            durationMicros: try fields.integer("duration_us"),
            failedCheck: check,
            steps: steps,
            stepsLeftOut: try fields.optionalInteger("steps_left_out") ?? 0
        )
    }
}

extension SessionTrace.Step {
    fileprivate var members: JSONObject {
        var members: JSONObject = [
            "at_us": .integer(offsetMicros, in: WireLimit.counts),
            "took_us": .integer(durationMicros, in: WireLimit.counts), "what": .name(what),
        ]
        if let status, WireLimit.statuses.contains(Int64(status)) { members["status"] = .integer(Int64(status)) }
        if let error { members["error"] = .name(error) }
        if attempts != 1 { members["attempts"] = .integer(attempts, in: WireLimit.attempts) }
        if spanID != 0 { members["span"] = .string(Hexadecimal.text(of: spanID)) }
        guard let decision else { return members }
        if let first = decision.firstTokenMicros { members["first_token_us"] = .integer(first, in: WireLimit.counts) }
        members["tokens_in"] = .integer(decision.tokensIn, in: WireLimit.counts)
        members["tokens_out"] = .integer(decision.tokensOut, in: WireLimit.counts)
        if decision.tokensCached > 0 {
            members["tokens_cached"] = .integer(decision.tokensCached, in: WireLimit.counts)
        }
        if decision.isEstimate { members["tokens_estimated"] = true }
        return members
    }

    fileprivate init(_ fields: Fields) throws(ApeError) {
        var span: UInt64 = 0
        if let text = try fields.optionalText("span") {
            guard text.utf8.count == 16, let number = Hexadecimal.number(text) else {
                throw ApeError(.malformed, "\(fields.type).span is not 16 hexadecimal digits")
            }
            span = number
        }
        var decision: Decision?
        if let tokensIn = try fields.optionalInteger("tokens_in") {
            decision = Decision(
                firstTokenMicros: try fields.optionalInteger("first_token_us"),
                tokensIn: tokensIn,
                tokensOut: try fields.optionalInteger("tokens_out") ?? 0,
                tokensCached: try fields.optionalInteger("tokens_cached") ?? 0,
                isEstimate: try fields.optionalFlag("tokens_estimated")
            )
        }
        self.init(
            offsetMicros: try fields.integer("at_us"),
            durationMicros: try fields.integer("took_us"),
            what: try fields.text("what"),
            status: try fields.optionalInteger("status", in: WireLimit.statuses).map(Int.init),
            error: try fields.optionalText("error"),
            attempts: Int(try fields.optionalInteger("attempts", in: WireLimit.attempts) ?? 1),
            spanID: span,
            decision: decision
        )
    }
}
