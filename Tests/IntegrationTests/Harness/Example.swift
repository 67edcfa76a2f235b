/// The scenarios that the documentation shows, pointed at the services of a test.
enum Example {
    static func read(_ name: String, replacing replacements: [String: String]) throws -> String {
        let path = "\(Invocation.tree)/docs/examples/\(name)"
        guard var text = textOfFile(path) else { throw HarnessError("no example at \(path)") }
        for (old, new) in replacements {
            guard text.contains(old) else { throw HarnessError("\(path) does not hold \(old)") }
            text = text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
        }
        return text
    }
}
