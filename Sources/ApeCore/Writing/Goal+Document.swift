extension Goal {
    var document: JSONValue {
        var document = JSONObject()
        document[GoalKey.weight] = .number(weight)
        switch mode {
        case .prompt(let prompt): document.set(GoalKey.prompt, prompt)
        case .script(let steps): document[GoalKey.script] = .array(steps.map(\.document))
        }
        if !data.isEmpty {
            document[GoalKey.data] = .array(
                data.map { row in .map(row.sorted { $0.key < $1.key }) { ($0.key, .string($0.value)) } }
            )
        }
        if !captures.isEmpty { document[GoalKey.capture] = .map(captures) { ($0.name, $0.document) } }
        if !success.isEmpty { document[GoalKey.success] = .array(success.map(\.document)) }
        document.set(GoalKey.maxSteps, count: maxSteps)
        document.set(GoalKey.timeout, micros: timeoutMicros)
        return .object(document)
    }
}

extension ScriptStep {
    var document: JSONValue {
        var options = JSONObject()
        options.set(StepKey.target, target)
        if !query.isEmpty {
            options[StepKey.query] = .map(query.sorted { $0.key < $1.key }) { ($0.key, .string($0.value)) }
        }
        options.set(StepKey.headers, headers: headers)
        options[StepKey.body] = body
        options.set(StepKey.expect, expectStatus?.text)
        let line = "\(method) \(path)"
        return options.isEmpty ? .string(line) : .map([options]) { (line, .object($0)) }
    }
}

extension Capture {
    var document: JSONValue {
        var document = JSONObject()
        switch source {
        case .jsonPath(let path): document.set(CaptureKey.json, path)
        case .header(let name): document.set(CaptureKey.header, name)
        case .between(let before, let after): document[CaptureKey.between] = [.string(before), .string(after)]
        }
        document.set(CaptureKey.path, path)
        return .object(document)
    }
}
