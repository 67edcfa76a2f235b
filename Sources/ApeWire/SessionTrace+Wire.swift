import ApeCore
import ApeMetrics

extension SessionTrace {
    /// The session as it stands in an event, texts cut to their bounds.
    package var members: JSONObject {
        var members: JSONObject = [
            "goal": .string(goal.cut(to: WireLimit.nameBytes)), "start_us": .integer(startMicros),
            "duration_us": .integer(durationMicros),
        ]
        if let failedCheck {
            members["failed_check"] = [
                "name": .string(failedCheck.name.cut(to: WireLimit.nameBytes)),
                "reason": .string(failedCheck.reason.cut(to: WireLimit.nameBytes)),
            ]
        }
        members["steps"] = .array(steps.map { .object($0.members) })
        members["steps_left_out"] = .integer(stepsLeftOut)
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
            "at_us": .integer(offsetMicros), "took_us": .integer(durationMicros),
            "what": .string(what.cut(to: WireLimit.nameBytes)),
        ]
        if let status { members["status"] = .integer(Int64(status)) }
        if let error { members["error"] = .string(error.cut(to: WireLimit.nameBytes)) }
        if attempts != 1 { members["attempts"] = .integer(Int64(attempts)) }
        return members
    }

    fileprivate init(_ fields: Fields) throws(ApeError) {
        self.init(
            offsetMicros: try fields.integer("at_us"),
            durationMicros: try fields.integer("took_us"),
            what: try fields.text("what"),
            status: try fields.optionalInteger("status", in: 100...999).map(Int.init),
            error: try fields.optionalText("error"),
            attempts: Int(try fields.optionalInteger("attempts", in: 0...1_000_000) ?? 1)
        )
    }
}

extension String {
    /// The text cut to at most `bytes` of UTF-8, between two characters.
    package func cut(to bytes: Int) -> String {
        if utf8.count <= bytes { return self }
        var end = utf8.index(startIndex, offsetBy: bytes)
        while end > startIndex, end.samePosition(in: self) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
