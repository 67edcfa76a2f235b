import ApeCore
import ApeInference
import ApeMetrics
import ApeTransfer

extension SessionMachine {
    /// Takes what came of a decision.
    mutating func decided(_ outcome: DecisionOutcome) {
        spent.inferenceMicros += outcome.endedMicros - outcome.startedMicros - outcome.ownWaitMicros
        spent.harnessMicros += outcome.ownWaitMicros
        switch outcome.result {
        case .failure(let fault) where fault.kind == .sessionEnd: endByTime()
        case .failure(let fault): failed(fault)
        case .success(let answer):
            hasShortened = false
            conversation?.learn(answer.usage)
            scenario.onDialogue?(.said(answer), state)
            take(answer)
        }
    }

    /// Takes a decision that failed. One that was too long for the model is made once more with half the conversation.
    private mutating func failed(_ fault: InferenceFault) {
        let known = state
        if fault.isContextOverflow, !hasShortened, conversation?.shorten(known: { SystemPrompt.known(known) }) ?? false
        {
            hasShortened = true
            hasThought = true
            steps -= 1
            return
        }
        var failure = SessionFailure(reason: fault.reason, message: fault.message, isUnreachable: true)
        if fault.isContextOverflow {
            failure.message +=
                "; instructions, tools and the latest answers alone are longer than the model takes: list "
                + "fewer endpoints, lower limits.feedback_bytes, or give the model a larger context"
        }
        failure.route = SessionTrace.Step.decision
        if case .status(let status) = fault.kind { failure.status = status }
        phase = .ended(SessionOutcome(failure: failure, isStateful: isSessionStateful))
    }

    private mutating func take(_ answer: DecisionAnswer) {
        latestAnswer = (answer.ending, answer.usage?.completion)
        do throws(ApeError) {
            let calls = try conversation?.begin(answer.turn, number: steps) ?? []
            pending = calls[...]
            if calls.isEmpty {
                throw ApeError(.invalidCall, "call one of the tools; call finish when the goal is reached or cannot be")
            }
        } catch {
            if case .refused(let word) = answer.ending {
                let message = "the endpoint withheld the model's answer (\(word.prefix(64)))"
                return conclude(SessionFailure(reason: .contentFilter, message: message))
            }
            refuse(nil, error)
        }
    }

    /// Makes one call: what needs no request is done at once.
    mutating func take(_ call: ToolCall) -> Step? {
        do throws(ApeError) {
            switch try scenario.reader.read(call) {
            case .request(let draft):
                let request = try scenario.builder.build(
                    draft,
                    state: state,
                    seeksCopies: !isStateful,
                    isMadeUp: true
                ) { evaluator.expectedStatus(draft.method, $0, $1) }
                openCall = call
                return .send(request)
            case .stateUpdate(let values):
                for value in values where !state.set(value.name, value.value, .kept) {
                    throw ApeError(
                        .invalidCall,
                        "\"\(value.name.prefix(64))\" cannot be kept: names have letters, digits and _, "
                            + "values at most \(SessionState.maximumValueBytes) bytes"
                    )
                }
                let names = values.map { "{{\($0.name)}}" }.joined(separator: ", ")
                tell("Kept: \(names)", to: call)
                invalidCallsInRow = 0
            case .finish(let isSuccess, let reason):
                let claim: FailureReason = isSuccess ? .checkFailed : .gaveUp
                let unproven = evaluator.firstFailure ?? ""
                let message = isSuccess ? "the model says it is done, but \(unproven)" : "the model gave up: \(reason)"
                conclude(SessionFailure(reason: claim, message: message))
            }
        } catch {
            refuse(call, error)
        }
        return nil
    }

    /// Feeds an invalid call back to the model; the third in a row ends the session.
    private mutating func refuse(_ call: ToolCall?, _ invalid: ApeError) {
        let cut = cutSentence
        let invalid = cut.map { ApeError(.invalidCall, $0) } ?? invalid
        invalidCallsInRow += 1
        // A value is missing where a request failed that was to bring it: that is no mistake of the model's.
        let cause = invalid.code == .missingValue ? troubleOfOthers : nil
        if cause == nil { newInvalidCalls.append(invalid) }
        tell(Feedback.text(ofInvalidCall: invalid), to: call)
        guard invalidCallsInRow >= Self.maximumInvalidCalls else { return }
        conclude(
            cause
                ?? SessionFailure(
                    reason: cut == nil ? .invalidToolCalls : .answerCut,
                    message: "\(invalidCallsInRow) invalid calls in a row, the last one: \(invalid.message)"
                )
        )
    }

    /// What is to be said of an answer that reached a limit of tokens; nil for one that did not.
    private var cutSentence: String? {
        guard latestAnswer?.ending == .length, let limit = scenario.inference?.maxCompletionTokens else { return nil }
        var sentence =
            "the answer was cut at its token limit before a call was whole: answer shorter, or raise "
            + "inference.max_completion_tokens (\(limit))"
        if let tokens = latestAnswer?.tokens, tokens < limit {
            sentence +=
                "; the endpoint counted \(tokens) tokens, so a limit or context of its own may be what was reached"
        }
        return sentence
    }

    /// Tells the model what came of a call, or what the agent has to say where there is no call.
    mutating func tell(_ text: String, to call: ToolCall?) {
        scenario.onDialogue?(.told(text), state)
        conversation?.reply(text, to: call)
    }

    /// Takes what came of a request.
    mutating func answered(_ request: PlannedRequest, _ outcome: TargetOutcome) {
        if case .verification(let check) = request.purpose { return verified(check: check, request, outcome) }
        actions += 1
        invalidCallsInRow = 0
        repeated.add(request)
        spent.targetMicros += outcome.endedMicros - outcome.startedMicros
        if actions >= 2, outcome.sentCookie || request.sendsReceived { isStateful = true }
        let failure = outcome.failure(of: request)
        var feedback: String
        switch outcome.result {
        case .success(let response):
            cookieTrouble = cookieTrouble ?? response.cookieTrouble
            var answer = TargetAnswer(to: request, response)
            // Parsed first, so that the usual names are read from the parsed body.
            if evaluator.needsJSON(of: answer) { _ = try? answer.documents() }
            let captured = failure == nil ? state.take(&answer, captures: goal.captures) : []
            if conversation == nil, !captured.isEmpty {
                scenario.onDialogue?(.captured(captured.map(SystemPrompt.fact)), state)
            }
            let wrong = evaluator.take(&answer, state: state)
            judge(request, failure ?? wrong.map { .wrongAnswer($0, status: response.status, route: request.route) })
            feedback = Feedback.text(
                of: answer,
                captured: captured,
                limitBytes: scenario.scenario.limits.feedbackBytes
            )
        case .failure(let error):
            // What the session's own end cut short is the time limit's.
            if failure?.reason != .targetTimeout || outcome.endedMicros < deadlineMicros { judge(request, failure) }
            feedback = Feedback.text(of: error)
        }
        if let call = openCall.take() {
            tell(feedback, to: call)
        } else if case .script(let script) = goal.mode {
            check(script[steps - 1], request, outcome)
        }
    }

    /// Takes note of a route's failure, or of its having been made good.
    private mutating func judge(_ request: PlannedRequest, _ failure: SessionFailure?) {
        if let failure { return note(failure, route: request.route) }
        troubles.removeAll { $0.route == request.route }
        if !Scenario.safeMethods.contains(request.request.method) { hasActed = true }
    }

    /// Ends a script whose step was not answered as it must be.
    private mutating func check(_ step: PreparedGoal.Step, _ request: PlannedRequest, _ outcome: TargetOutcome) {
        guard case .success(let response) = outcome.result else { return conclude(outcome.failure(of: request)) }
        let isExpected = step.expectStatus?.matches(response.status) ?? (response.status < 400)
        guard !isExpected else { return }
        conclude(
            outcome.failure(of: request)
                ?? SessionFailure(
                    reason: .unexpectedStatus,
                    message: "step \(steps) was answered \(response.status)",
                    status: response.status,
                    route: request.route
                )
        )
    }
}
