import ApeCore
import ApeMetrics
import ApeTransfer

/// What came of one decision, retries included. Times are microseconds of the monotonic clock.
package struct DecisionOutcome: Sendable {
    package var result: Result<DecisionAnswer, InferenceFault>
    /// When the first attempt was handed to the transport.
    package var startedMicros: Int64
    /// When the last attempt was handed to the transport.
    var attemptStartedMicros: Int64
    package var endedMicros: Int64
    /// The span of the last attempt's request.
    package var spanID: UInt64 = 0
    /// A hash of the first attempt's body.
    package var promptHash: UInt64 = 0
    /// The waits between attempts, together.
    package var retryWaitMicros: Int64 = 0
    /// Those of them that followed what the harness itself failed.
    package var ownWaitMicros: Int64 = 0
    /// The failed attempts, in their order.
    package var faults: [InferenceFault] = []
    /// When the last attempt's first token came; nil where none came. A stream that broke later keeps it.
    package var firstTokenMicros: Int64?
    /// The tokens of all attempts, failed ones included; nil where nothing is known of any.
    package var usage: TokenUsage?
    /// How the attempts got their connections.
    package var connections = ConnectionLog()
    /// For how long the endpoint asked to be left alone, behind the last attempt.
    var retryAfterMicros: Int64?
    /// How many tokens of ``usage`` are an estimate, since the endpoint did not say.
    package var estimatedTokens: Int64 = 0

    /// A decision that begins now.
    init(startedMicros: Int64) {
        result = .failure(InferenceFault(kind: .transport(.cancelled), message: ""))
        self.startedMicros = startedMicros
        attemptStartedMicros = startedMicros
        endedMicros = startedMicros
    }

    /// Takes note of the wait between the last attempt and the next.
    @inline(never) mutating func addRetryWait(until now: Int64) {
        retryWaitMicros += now - endedMicros
        if faults.last?.counted.isOwn ?? false { ownWaitMicros += now - endedMicros }
    }

    /// Takes what came of the last attempt.
    @inline(never) mutating func take(_ running: RunningAttempt) {
        guard let attempt = running.outcome else { return }
        result = attempt.result
        retryAfterMicros = attempt.retryAfterMicros
        endedMicros = attempt.endedMicros
        firstTokenMicros = attempt.firstTokenMicros
        connections.add(attempt.connection)
        estimatedTokens += attempt.estimatedTokens
        guard let more = attempt.usage else { return }
        usage = usage.map { $0 + more } ?? more
    }
}

/// A moment of a decision that goes on.
package enum DecisionMoment: Sendable {
    /// The first attempt is handed to the transport.
    case began
    /// An attempt has failed, and the next is waited for.
    case waits(after: AttemptFault)
    /// A further attempt is handed to the transport.
    case triedAgain
    case firstToken
}

extension DecisionOutcome {
    private var times: DecisionTimes { (try? result.get())?.times ?? DecisionTimes() }

    /// From the first attempt to the first token, failed attempts and their back-off included. A failed wait is a wait:
    /// where no token came it is what was waited.
    package var ttftMicros: Int64 { (firstTokenMicros ?? endedMicros) - startedMicros }
    /// From the successful attempt to the first token.
    package var attemptTTFTMicros: Int64? { times.firstToken.map { $0 - attemptStartedMicros } }
    /// From the first attempt to the first token that is not reasoning.
    package var contentTTFTMicros: Int64? { times.firstAnswerToken.map { $0 - startedMicros } }
    /// From the first attempt to the first whole tool call.
    package var toolCallMicros: Int64? { times.firstToolCall.map { $0 - startedMicros } }
    /// From the first token to the answer's end.
    package var generationMicros: Int64? { times.firstToken.map { endedMicros - $0 } }
    package var decisionMicros: Int64 { endedMicros - startedMicros }
    /// From the moment that the server stamped into the first token's event to its being read. The two clocks are one
    /// clock only where server and agent share a host: a difference that cannot be is left out.
    package var clientShareMicros: Int64? {
        guard let sent = times.firstTokenSent, let read = times.firstToken else { return nil }
        let share = read.subtractingClamped(sent)
        return (0..<Self.plausibleShareMicros).contains(share) ? share : nil
    }

    private static let plausibleShareMicros: Int64 = 60_000_000
}
