import ApeCore
import ApeRun

extension JUnitReport {
    /// What a search came to: one case, with its tries in the output. A try that failed is what a search looks for.
    var capacity: [Case] {
        guard let capacity = report.capacity else { return [] }
        let tries = report.tries.map { "\($0.levelText): \($0.statusText), \($0.bound) \($0.value) (\($0.limit))" }
        return [
            Case(
                name: "capacity (\(capacity.search.unit))",
                result: Case.Result(capacity.status, isCritical: true),
                message: capacity.sentences.joined(separator: " "),
                output: (capacity.sentences + tries).joined(separator: "; ")
            )
        ]
    }
}
