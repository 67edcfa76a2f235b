/// One user journey: what the agent is told, what it knows, how long it may take, and what proves success.
package struct Goal: Sendable, Equatable {
    package var name: String
    /// Its share of the sessions, relative to the other goals' weights.
    package var weight: Double = 1
    package var mode: Mode
    /// Values an agent starts each session with, by name; templates of `agent`, `session`, `run` and `random` are
    /// resolved at the session's start. Each row is one user.
    package var data: [[String: String]] = []
    /// The file that has the rows, in the place of ``data``: its values are taken as they stand.
    package var dataFile: DataFile?
    /// How sessions pick their rows.
    package var pick = DataPick.agent
    /// Values taken from answers under names of the scenario's choosing.
    package var captures: [Capture] = []
    /// All must hold.
    package var success: [SuccessCheck] = []
    /// Decisions (or script steps) at the most.
    package var maxSteps = 20
    package var timeoutMicros: Int64 = 120_000_000

    package init(name: String, mode: Mode) {
        self.name = name
        self.mode = mode
    }

    package enum Mode: Sendable, Equatable {
        /// A model decides each step from this prompt.
        case prompt(String)
        /// The steps are fixed: a baseline of the target alone.
        case script([ScriptStep])
    }
}

/// One fixed step of a scripted goal. Every text may hold `{{name}}` templates.
package struct ScriptStep: Sendable, Equatable {
    package var method: String
    /// The target's name; nil where there is only one.
    package var target: String?
    package var path: String
    /// A name with several values is sent as often.
    package var query: [String: [String]] = [:]
    package var headers: [Scenario.Header] = []
    /// Sent as JSON, as a form or as a text, as the headers say; strings inside may hold templates.
    package var body: JSONValue?
    /// A body that is sent byte by byte, in place of ``body``.
    package var bodyBytes: [UInt8]?
    /// The status that lets the script go on; nil for any below 400.
    package var expectStatus: StatusPattern?

    package init(method: String, target: String? = nil, path: String) {
        self.method = method
        self.target = target
        self.path = path
    }
}

/// A value to keep from an answer: sent in a later request it makes the session stateful.
package struct Capture: Sendable, Equatable {
    package var name: String
    package var source: Source
    /// The path pattern of the answers it is looked for in, such as `/api/orders/{id}`; nil for all.
    package var path: String?

    package init(name: String, source: Source, path: String? = nil) {
        self.name = name
        self.source = source
        self.path = path
    }

    package enum Source: Sendable, Equatable {
        case jsonPath(String)
        case header(String)
        /// The value of a cookie that the answer sets, its percent-encoding resolved.
        case cookie(String)
        /// What stands in the body between the first `before` and the first `after` behind it.
        case between(before: String, after: String)
    }
}
