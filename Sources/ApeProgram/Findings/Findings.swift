import ApeCore

/// The results of several checks, as text and as JSON.
package struct Findings: Sendable, Equatable {
    package var list: [Finding]

    package init(_ list: [Finding]) {
        self.list = list
    }

    /// 1 where there is a fault, else 0.
    package var exitCode: ExitCode {
        list.contains { $0.level == .fault } ? .failed : .passed
    }

    /// One line for each finding, its fix below it, and a summary as the last line.
    package var text: TerminalText {
        let width = list.map(\.check.count).max() ?? 0
        var lines: [String] = []
        for finding in list {
            let level = finding.level.rawValue.padded(to: Self.levelWidth)
            lines.append("\(level)  \(finding.check.padded(to: width))  \(finding.message)")
            let indent = String(repeating: " ", count: Self.levelWidth + width + 4)
            lines += finding.fix.enumerated().map { indent + ($0 == 0 ? "fix: " : "     ") + $1 }
        }
        if list.contains(where: { $0.fix.contains { $0.hasPrefix("sysctl -w ") } }) {
            lines.append(
                "A sysctl line holds until the next boot; what stands behind \"sysctl -w\", in /etc/sysctl.d/60-ape.conf, "
                    + "holds for good."
            )
        }
        return TerminalText(lines: lines + [summary])
    }

    /// Such as `2 faults, 1 warning`.
    package var summary: String {
        let counts = [(Finding.Level.fault, "fault"), (.warning, "warning")].compactMap { level, noun -> String? in
            let count = list.count { $0.level == level }
            return count == 0 ? nil : count.counting(noun)
        }
        return counts.isEmpty ? "Nothing stands in the way." : counts.joined(separator: ", ") + "."
    }

    /// The findings as a JSON object that begins with the members `more`.
    package func json(_ more: JSONObject = [:]) -> JSONValue {
        var document = more
        document["passed"] = .bool(exitCode == .passed)
        document["findings"] = .array(
            list.map {
                [
                    "check": .string($0.check), "level": .string($0.level.rawValue), "message": .string($0.message),
                    "fix": .array($0.fix.map { .string($0) }),
                ]
            }
        )
        return .object(document)
    }

    private static let levelWidth = 7
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
