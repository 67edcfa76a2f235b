import ApeCore
import ApeInference
import ApeTransfer
import Synchronization

/// What a person sees of one session: every line passes through here, so that none shows a secret and each is a line of
/// words. Secrets are hidden before anything is cut.
final class TrialLog: Sendable {
    private struct State {
        var session = SessionState()
        var mask: SecretMask
        var step = 0
        var turnBytes = 0
    }

    /// Bytes of each text that are shown.
    let bytes: Int
    private let write: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - bytes: bytes of each text that are shown.
    ///   - mask: hides what is known from the start.
    ///   - write: takes the lines.
    init(bytes: Int, mask: SecretMask = SecretMask(), write: @escaping @Sendable (String) -> Void) {
        self.bytes = bytes
        self.write = write
        state = Mutex(State(mask: mask))
    }

    /// Shows a line.
    func line(_ text: String) {
        write(PlainText.line(masked(text)))
    }

    /// Shows a text behind a word, as one line of at most ``bytes``.
    func line(_ word: String, _ text: String) {
        guard !text.isEmpty else { return }
        write("  \(word.padding(to: 9)) \(excerpt(text, bytes: bytes))")
    }

    /// The beginning of a text as a line of words, its white space folded.
    func excerpt(_ text: String, bytes: Int) -> String {
        let line = PlainText.line(masked(text)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.utf8.count <= bytes ? line : String(decoding: line.utf8.prefix(bytes), as: UTF8.self) + " …"
    }

    /// A text without the secrets that are known by now.
    private func masked(_ text: String) -> String {
        let (session, mask) = state.withLock { ($0.session, $0.mask) }
        return session.masked(text, with: mask, showsReceived: true)
    }

    /// Hides from now on what a request says of who asks.
    func learn(_ request: TransferRequest) {
        state.withLock { state in
            for header in request.headers { state.mask.hide(header: header.name, header.value) }
        }
    }

    /// Hides from now on what an answer gives to prove oneself with: its cookies, and what its body calls a token.
    func learn(_ response: TransferResponse) {
        let document = response.body.count <= Self.maximumDocumentBytes ? try? JSONValue(parsing: response.body) : nil
        state.withLock { state in
            for line in (response.redirectedFrom + [response]).flatMap({ $0.headers.values("set-cookie") }) {
                state.mask.hide(header: "set-cookie", line)
            }
            document.map { state.mask.hideSecrets(of: $0) }
        }
    }

    /// A greater document is none that hands out a token.
    private static let maximumDocumentBytes = 64 * 1024

    /// Shows what is said between agent and model.
    func show(_ moment: DialogueMoment, _ session: SessionState) {
        state.withLock { $0.session = session }
        switch moment {
        case .began(let inference, let goal):
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
