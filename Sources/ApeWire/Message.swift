import ApeCore
import ApeMetrics

/// Everything that is said on a control channel: one JSON object a line.
package enum Message: Sendable, Equatable {
    /// Coordinator to worker.
    case greet(Greet), welcome(Welcome), ping(Ping), prepare(Prepare), assign(Assign), ack(Ack), stop(Stop),
        rows(Rows)
    /// Worker to coordinator.
    case hello(Hello), pong(Pong), prepared(Prepared), refused(Refused), assigned(Assigned), window(Window),
        answered(Answered), event(WorkerEvent), stopped(Stopped), leave(Leave), wantRows(WantRows)
    /// Either way.
    case error(ApeError)
    /// A type that this side does not know, which is answered and otherwise ignored.
    case unknown(String)
    /// A window whose number can be read, and not all of the rest. It must not be sent again for ever.
    case unreadable(UnreadableWindow)
}

/// What is known of a window that is refused.
package struct UnreadableWindow: Sendable, Equatable {
    package var run: String
    package var seq: Int64
    /// What is wrong with it, for people.
    package var reason: String

    package init(run: String, seq: Int64, reason: String) {
        self.run = run
        self.seq = seq
        self.reason = reason
    }
}

/// The version of the contract that a side speaks. Sides of different major versions cannot work together.
package struct ProtocolVersion: Sendable, Equatable {
    package var major: Int
    package var minor: Int

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// What this code speaks.
    package static let current = ProtocolVersion(major: 1, minor: 4)
}

extension ProtocolVersion: CustomStringConvertible {
    package var description: String { "APE/\(major).\(minor)" }
}

/// `prepare`: get ready for a run.
package struct Prepare: Sendable, Equatable {
    package var run: String
    /// The seed of everything random; on the wire a signed 64-bit integer of the same bits.
    package var seed: UInt64
    /// The scenario, as the agents need it. Never a key or a token.
    package var scenario: JSONValue

    package init(run: String, seed: UInt64, scenario: JSONValue) {
        self.run = run
        self.seed = seed
        self.scenario = scenario
    }
}

/// `prepared`: the worker could start its agents at once.
package struct Prepared: Sendable, Equatable {
    package var run: String

    package init(run: String) {
        self.run = run
    }
}

/// `refused`: the worker cannot or will not run this scenario.
package struct Refused: Sendable, Equatable {
    package var run: String
    package var code: String
    /// Why, for people: it becomes the run's error.
    package var message: String

    package init(run: String, code: String, message: String) {
        self.run = run
        self.code = code
        self.message = message
    }
}

/// `ack`: every window up to `seq` is durably stored.
package struct Ack: Sendable, Equatable {
    package var run: String
    package var seq: Int64

    package init(run: String, seq: Int64) {
        self.run = run
        self.seq = seq
    }
}

/// `answered`: on this worker every wait that began in a stage's hold has ended, or is waited for no longer. Since 1.1.
package struct Answered: Sendable, Equatable {
    package var run: String
    /// The stage's index in the plan.
    package var stage: Int

    package init(run: String, stage: Int) {
        self.run = run
        self.stage = stage
    }
}

/// `stop`: end the run.
package struct Stop: Sendable, Equatable {
    package var run: String
    package var reason: Reason

    package enum Reason: String, Sendable, CaseIterable {
        /// The plan has been walked to its end.
        case finished
        /// Somebody or something ended it early.
        case aborted
    }

    package init(run: String, reason: Reason) {
        self.run = run
        self.reason = reason
    }
}

/// `stopped`: no agent of this worker runs any more, and no window follows `lastSeq`.
package struct Stopped: Sendable, Equatable {
    package var run: String
    /// 0 when no window was made.
    package var lastSeq: Int64
    /// Of the agents that it had: up to when their arrivals were this worker's. Since 1.3.
    package var taken: [TakenArrivals]

    package init(run: String, lastSeq: Int64, taken: [TakenArrivals] = []) {
        self.run = run
        self.lastSeq = lastSeq
        self.taken = taken
    }
}

/// `leave`: the worker goes; its agents come to an end and `stopped` follows.
package struct Leave: Sendable, Equatable {
    package var reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
