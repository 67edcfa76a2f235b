import ApeHTTP
import Foundation
import Testing

@testable import ApeCoordinator

/// `docs/http.md` names every metric that the code has, and none besides.
struct MetricsDocumentTests {
    private func rows() throws -> [[String]] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/http.md"), encoding: .utf8)
        return page.split(separator: "\n").filter { $0.hasPrefix("| `ape_") }.map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces).replacing("`", with: "") }
        }
    }

    @Test func theTableIsTheCode() throws {
        let families =
            MetricFamily.ofCoordinator
            + MetricFamily.ofWorker.filter {
                !MetricFamily.ofCoordinator.contains($0)
            }
        let expected = families.map { family in
            let isOfCoordinator = MetricFamily.ofCoordinator.contains(family)
            let isOfWorker = MetricFamily.ofWorker.contains(family)
            let of = isOfCoordinator && isOfWorker ? "both" : isOfCoordinator ? "coordinator" : "worker"
            return [
                family.name, family.kind.rawValue, family.labels.isEmpty ? "-" : family.labels.joined(separator: ", "),
                of,
                family.help,
            ]
        }
        #expect(try rows() == expected)
        #expect(Set(families.map(\.name)).count == families.count)
    }
}
