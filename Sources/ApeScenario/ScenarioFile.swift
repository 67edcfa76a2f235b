import ApeCore
import ApeMetrics
import ApeProgram

/// Reads scenario files, and the OpenAPI documents and rows that they name.
package enum ScenarioFile {
    /// The largest file that is read, in bytes. The reader of the content has a lower limit of its own.
    static let maximumBytes = 16 * 1024 * 1024

    /// Reads and checks a scenario.
    ///
    /// - Throws: ``ApeError`` of code `file` for a file that cannot be read, and of code `scenario` with every problem
    ///   of the content, one on each line.
    package static func read(_ path: String) throws(ApeError) -> ReadScenario {
        try open(path).read
    }

    /// Reads and checks a scenario, and holds the files open that have its rows.
    ///
    /// - Returns: the scenario, and its files of rows by the names that it gives them.
    /// - Throws: what ``read(_:)`` throws.
    package static func open(_ path: String) throws(ApeError) -> (read: ReadScenario, rows: [String: DataRowsFile]) {
        var rows: [String: DataRowsFile] = [:]
        let read = try Scenario.read(bytes(of: path), file: path) {
            try bytes(of: $0)
        } loadData: { path, name throws(ApeError) in
            if let known = rows[name] { return known.file }
            let file = try DataRowsFile.open(path, name: name)
            rows[name] = file
            return file.file
        }
        return (try checkingThresholds(read, file: path), rows)
    }

    /// Holds the thresholds against the names of what is measured, and against the scenario itself.
    private static func checkingThresholds(_ read: ReadScenario, file: String) throws(ApeError) -> ReadScenario {
        var read = read
        var problems: [ScenarioRemark] = []
        let check = ThresholdCheck(read.scenario, plan: read.scenario.plan)
        for (index, threshold) in read.scenario.thresholds.enumerated() {
            func remark(_ message: String) -> ScenarioRemark {
                let (line, column) = (threshold.place?.line, threshold.place?.column)
                return ScenarioRemark(
                    file: file,
                    line: line,
                    column: column,
                    path: "thresholds[\(index)]",
                    message: message
                )
            }
            do throws(ThresholdMistake) {
                read.warnings += try check.warnings(on: threshold).map(remark)
            } catch {
                problems.append(remark(error.description))
            }
        }
        guard problems.isEmpty else {
            throw ApeError(.scenario, problems.map { PlainText.line($0.description) }.joined(separator: "\n"))
        }
        return read
    }

    /// Reads a whole file that a scenario may name.
    ///
    /// - Throws: ``ApeError`` of code `file` that names it.
    package static func bytes(of path: String) throws(ApeError) -> [UInt8] {
        try Files.bytes(of: path, atMost: maximumBytes)
    }
}
