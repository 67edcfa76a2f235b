extension Scenario.Target {
    var document: JSONValue {
        var document = JSONObject()
        document.set(TargetKey.url, baseURL)
        if !endpoints.isEmpty {
            document[TargetKey.endpoints] = .array(
                endpoints.map { .map([$0]) { ("\($0.method) \($0.path)", .string($0.summary)) } }
            )
        }
        document.set(TargetKey.headers, headers: headers)
        document.set(TargetKey.httpVersion, httpVersion.rawValue)
        document.set(TargetKey.proxy, proxy)
        document.set(TargetKey.caFile, caFile)
        return .object(document)
    }
}

extension Scenario.Inference {
    var document: JSONValue {
        var document = JSONObject()
        document.set(InferenceKey.url, baseURL)
        document.set(InferenceKey.model, model)
        switch apiKey {
        case .environment(let name): document.set(InferenceKey.apiKeyEnv, name)
        case .file(let path): document.set(InferenceKey.apiKeyFile, path)
        case nil: break
        }
        document.set(InferenceKey.toolMode, toolMode.rawValue)
        document[InferenceKey.temperature] = temperature.map { .number($0) }
        document[InferenceKey.maxCompletionTokens] = .integer(maxCompletionTokens)
        document.set(InferenceKey.headers, headers: headers)
        if !body.isEmpty { document[InferenceKey.body] = .object(body) }
        document.set(InferenceKey.connectTimeout, micros: connectTimeoutMicros)
        document.set(InferenceKey.firstByteTimeout, micros: firstByteTimeoutMicros)
        document.set(InferenceKey.totalTimeout, micros: totalTimeoutMicros)
        document.set(InferenceKey.httpVersion, httpVersion.rawValue)
        document.set(InferenceKey.proxy, proxy)
        document.set(InferenceKey.caFile, caFile)
        document[InferenceKey.requestsPerMinute] = requestsPerMinute.map { .integer($0) }
        return .object(document)
    }
}
