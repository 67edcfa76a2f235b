import Yams

extension YAMLDocument {
    /// Puts the parser's error in words that name the place and, for the usual slips, the way out.
    func syntaxError(_ error: any Error, in text: String) -> ApeError {
        guard let error = error as? YamlError else { return failure("not valid YAML: \(error)") }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            if problem.hasPrefix("but found another document") {
                return failure("a file holds one document; remove what follows ---", at: Self.location(mark))
            }
            if Self.character(in: text, at: mark) == "\t" {
                return failure("a tab cannot indent YAML: use spaces", at: Self.location(mark))
            }
            let reason = [context?.text, problem].compactMap(\.self).joined(separator: ", ")
            let isInFlow = context?.text.contains("flow") ?? false
            let way = isInFlow ? "; inside {} and [], a text that holds any of []{}, stands in quotes" : ""
            return failure("not valid YAML: \(reason)\(way)", at: Self.location(mark))
        case .reader(let problem, let offset, _, _):
            let line = text.prefix(offset ?? 0).reduce(1) { $1.isNewline ? $0 + 1 : $0 }
            return failure("not valid YAML: \(problem)", at: DocumentLocation(line: line, column: 1))
        case .duplicatedKeysInMapping(let keys, let context):
            let list = keys.map { "`\($0)`" }.joined(separator: ", ")
            return failure("the key \(list) stands twice in one map", at: Self.location(context.mark))
        default:
            return failure("not valid YAML: \(error)")
        }
    }

    private static func character(in text: String, at mark: Mark) -> Unicode.Scalar? {
        let lines = text.split(separator: "\n", maxSplits: mark.line, omittingEmptySubsequences: false)
        guard mark.line >= 1, mark.line <= lines.count else { return nil }
        return lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1).first
    }
}
