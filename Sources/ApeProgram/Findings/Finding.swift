import ApeCore

/// What one check found, and what to do about it.
package struct Finding: Sendable, Equatable {
    /// How much it matters.
    package enum Level: String, Sendable, CaseIterable {
        case ok
        /// Worth knowing; or what could not be looked at.
        case note
        /// A run can go on, but may suffer.
        case warning
        /// A run would fail.
        case fault
    }

    /// The check's stable name, such as `open_files`.
    package var check: String
    package var level: Level
    /// A sentence for people.
    package var message: String
    /// What mends it: commands and settings, one a line.
    package var fix: [String]

    package init(_ check: String, _ level: Level, _ message: String, fix: [String] = []) {
        self.check = check
        self.level = level
        self.message = message
        self.fix = fix
    }
}

/// What several checks found, for people and for programs.
package struct Findings: Sendable, Equatable {
    package var list: [Finding]

    package init(_ list: [Finding]) {
        self.list = list
    }

    /// 0 where nothing stands in the way, 1 where something does.
    package var exitCode: ExitCode {
        list.contains { $0.level == .fault } ? .failed : .passed
    }

    /// One line for each finding, its fix beneath it, and a last line that sums them up.
    package var text: String {
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
        return (lines + [summary]).joined(separator: "\n") + "\n"
    }

    /// Such as `2 faults, 1 warning`.
    package var summary: String {
        let counts = [(Finding.Level.fault, "fault"), (.warning, "warning")].compactMap { level, noun -> String? in
            let count = list.count { $0.level == level }
            return count == 0 ? nil : count.counting(noun)
        }
        return counts.isEmpty ? "Nothing stands in the way." : counts.joined(separator: ", ") + "."
    }

    /// The findings as one object, with more members in front of them.
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
