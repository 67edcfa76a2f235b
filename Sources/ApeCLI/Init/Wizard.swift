import ApeCore

/// Asks for what flags have not told. A question is asked until its answer is good, or the answers end.
struct Wizard {
    /// Reads one line of the user's; nil at the end.
    var readLine: () -> String?
    /// Shows text to the user.
    var say: (TerminalText) -> Void
    /// Whether somebody is there to be asked.
    var isInteractive: Bool

    /// An answer: the flag's, else the user's.
    ///
    /// - Parameters:
    ///   - given: what the flag said.
    ///   - flag: the flag's name, for the message where nobody can be asked.
    ///   - question: one line, without its end.
    ///   - fallback: what an empty answer stands for; nil where an answer is needed.
    ///   - check: makes of the text what is wanted, or throws what is wrong with it.
    /// - Returns: what `check` made of the answer.
    /// - Throws: ``ApeError`` of code `usage` where a flag is missing or wrong and nobody can be asked.
    func ask<Value>(
        _ given: String?,
        flag: String,
        _ question: String,
        fallback: String? = nil,
        check: (String) async throws(ApeError) -> Value
    ) async throws(ApeError) -> Value {
        if let given {
            do throws(ApeError) {
                return try await check(given)
            } catch {
                guard isInteractive else { throw ApeError(.usage, "\(flag) \(error.message)", cause: error.cause) }
                say("\(flag) \(error)\n")
            }
        } else if !isInteractive {
            guard let fallback else { throw ApeError(.usage, "\(flag) is missing, and nobody can be asked for it") }
            return try await check(fallback)
        }
        while true {
            say("\(question)\(fallback.map { $0.isEmpty ? " (Enter for none)" : " [\($0)]" } ?? ""): ")
            guard let line = readLine() else {
                throw ApeError(.usage, "The answers ended before all was told: nothing was written")
            }
            let answer = line.trimmed
            guard !answer.isEmpty || fallback != nil else { continue }
            do throws(ApeError) {
                return try await check(answer.isEmpty ? fallback ?? "" : answer)
            } catch {
                say("  \(error)\n")
            }
        }
    }

    /// Yes or no; yes for an empty answer.
    func confirm(_ question: String) -> Bool {
        guard isInteractive else { return false }
        say("\(question) [Y/n]: ")
        guard let answer = readLine()?.trimmed.lowercased() else { return false }
        return answer.isEmpty || answer.hasPrefix("y")
    }
}

extension String {
    /// Without white space around it.
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
