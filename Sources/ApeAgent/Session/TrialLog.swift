import ApeCore
import ApeInference
import Synchronization

/// What a person sees of one session: every line passes through here, so that none shows a secret.
final class TrialLog: Sendable {
    private struct State {
        var session = SessionState()
        var secrets: [String] = []
        var step = 0
        var turnBytes = 0
    }

    /// Bytes of each text that are shown.
    let bytes: Int
    private let write: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(bytes: Int, write: @escaping @Sendable (String) -> Void) {
        self.bytes = bytes
        self.write = write
    }

    /// Shows a line without the secrets that are known by now.
    func line(_ text: String) {
        let (session, secrets) = state.withLock { ($0.session, $0.secrets) }
        write(session.masked(text, besides: secrets, showsReceived: true))
    }

    /// Shows a text behind a word, as one line of at most ``bytes``.
    func line(_ word: String, _ text: String) {
        guard !text.isEmpty else { return }
        let label = word.padding(to: 9)
        line("  \(label) \(LoggingTransport.text(Array(text.utf8), limit: bytes))")
    }

    /// Shows what is said between agent and model.
    func show(_ moment: DialogueMoment, _ session: SessionState) {
        state.withLock { $0.session = session }
        switch moment {
        case .began(let inference, let goal):
            state.withLock { $0.secrets = inference.secrets }
            line("the model is told once, for all users:")
            line("rules", inference.instructions)
            line("tools", inference.tools.map(\.name).joined(separator: ", "))
            line("goal", goal)
        case .asked(let turnBytes):
            let step = state.withLock { state in
                state.step += 1
                state.turnBytes = turnBytes
                return state.step
            }
            line("step \(step)")
        case .said(let answer): show(answer)
        case .captured(let facts): line("captured", facts.joined(separator: "; "))
        case .told(let text): line("told", text)
        }
    }

    private func show(_ answer: DecisionAnswer) {
        line("thought", answer.turn.thought)
        line("said", answer.turn.content)
        for call in answer.turn.calls { line("called", "\(call.name) \(call.arguments.text)") }
        if answer.ending != .complete { line("ended", "\(answer.ending)") }
        let bytes = state.withLock { $0.turnBytes }
        guard let usage = answer.usage else {
            return line("tokens", "the endpoint does not tell; \(bytes) bytes of conversation")
        }
        var text = "\(usage.prompt) in"
        if usage.cached > 0 { text += ", \(usage.cached) of them from the cache" }
        text += ", \(usage.completion) out"
        if usage.reasoning > 0 { text += ", \(usage.reasoning) of them reasoning" }
        line("tokens", "\(text); \(bytes) bytes of conversation")
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
