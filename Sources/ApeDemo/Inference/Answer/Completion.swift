import ApeCore

/// One answer with all that its writers say of it.
struct Completion: Sendable {
    /// The tokens of one answer.
    struct Usage: Sendable {
        var prompt: Int
        /// Those of the prompt that were read from the cache.
        var cached = 0
        /// Those of the prompt that were written into the cache, where an API tells.
        var cacheWritten = 0
        /// Those of the answer, reasoning included.
        var completion: Int
        var reasoning = 0
    }

    /// The times of one decision for `time_info`, in microseconds.
    struct Times: Sendable {
        var createdMicros: Int64
        var queueMicros: Int64
        var promptMicros: Int64
        var completionMicros: Int64
    }

    /// What all identifiers of the answer end in.
    var suffix: String
    var model: String
    var createdSeconds: Int64
    var decision: Decision
    var usage: Usage
    /// What must come back with the answer, and where; nil where nothing must.
    var signature: String?
    /// Whether the client asked for a signature that is left out otherwise.
    var sendsSignature = true
    /// Written into the last chunk as `time_info`, as Cerebras does; nil to leave it out.
    var times: Times?
    /// Whether every event carries `ape_sent_us`.
    var stampsTime = false
}

extension Completion {
    /// The digits of a request's number that the identifiers of its answer end in.
    static func suffix(_ number: Int) -> String {
        let digits = String(number, radix: 36)
        return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}

extension Scenario.InferenceAPI {
    /// The identifier of an answer's call.
    func callID(_ suffix: String) -> String {
        self == .messages ? "toolu_" + suffix : "call_" + suffix
    }
}
