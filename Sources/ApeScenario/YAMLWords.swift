import ApeCore
import CYAML

/// What is said of a YAML file that cannot be read: the place and, for the usual slips, the way out.
struct YAMLWords {
    /// The name under which messages speak of it.
    let file: String

    func failure(_ message: String, at location: DocumentLocation? = nil) -> ApeError {
        let place = location.map { "\(file):\($0.line):\($0.column)" } ?? file
        return ApeError(.scenario, "\(place): \(message)")
    }

    /// The text of a file, without a byte order mark.
    func decoded(_ bytes: [UInt8]) throws(ApeError) -> String {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        if let text = String(validating: content, as: UTF8.self) { return text }
        let repaired = String(decoding: content, as: UTF8.self).prefix { $0 != "\u{FFFD}" }
        throw failure("the file is not UTF-8", at: Self.beginning(ofLineAfter: repaired.utf8))
    }

    /// Puts the parser's words into a sentence.
    func syntaxError(_ fault: YAMLEvents.Fault, in text: String) -> ApeError {
        guard let mark = fault.mark else {
            let line = Self.beginning(ofLineAfter: text.utf8.prefix(fault.offset))
            return failure("not valid YAML: \(fault.problem)", at: line)
        }
        let location = YAMLDocument.location(mark)
        if Self.character(in: text, at: location) == "\t" {
            return failure("a tab cannot indent YAML: use spaces", at: location)
        }
        let reason = [fault.context, fault.problem].compactMap(\.self).joined(separator: ", ")
        let isInFlow = fault.context?.contains("flow") ?? false
        let way = isInFlow ? "; inside {} and [], a text that holds any of []{}, stands in quotes" : ""
        return failure("not valid YAML: \(reason)\(way)", at: location)
    }

    private static func beginning(ofLineAfter bytes: some Sequence<UInt8>) -> DocumentLocation {
        DocumentLocation(line: bytes.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }, column: 1)
    }

    private static func character(in text: String, at location: DocumentLocation) -> Unicode.Scalar? {
        let lines = text.split(separator: "\n", maxSplits: location.line, omittingEmptySubsequences: false)
        guard location.line <= lines.count else { return nil }
        return lines[location.line - 1].unicodeScalars.dropFirst(location.column - 1).first
    }
}
