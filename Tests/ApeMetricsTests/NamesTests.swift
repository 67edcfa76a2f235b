import ApeMetrics
import Foundation
import Testing

/// The table of names: what peers and stored runs are read by.
@Suite("Names of counters and series")
struct NamesTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The names in `docs/protocol.md`'s list, without labels and without what is said of them.
    private static func documented() throws -> Set<String> {
        let page = try String(contentsOf: root.appending(path: "docs/protocol.md"), encoding: .utf8)
        let start = try #require(page.range(of: "- Counters: "))
        let end = try #require(page.range(of: "`ack` says", range: start.upperBound..<page.endIndex))
        let words = page[start.upperBound..<end.lowerBound].matches(of: /`([a-z_]+)(\{[^`]*)?`/).map { String($0.1) }
        return Set(words)
    }

    @Test func theProtocolsPageNamesThemAll() throws {
        let gaps = GapLabel.allCases.flatMap { label in
            label.families.map { String($0.name.dropFirst(label.rawValue.count + 1)) }
        }
        let counters = CounterName.all.map(\.rawValue) + CounterFamily.all.map(\.name)
        let series = SeriesName.all.map(\.rawValue) + SeriesFamily.all.map(\.name)
        // What a line had no room for stands further down the page.
        let named = Set(counters + series + gaps).subtracting([CounterFamily.seriesDropped.name])
        let others: Set<String> = ["timeout", "error"]
        #expect(try Self.documented().subtracting(others) == named)
    }

    /// A name that its list leaves out would be held to no page.
    @Test(arguments: [
        ("CounterName", CounterName.all.count), ("CounterFamily", CounterFamily.all.count),
        ("SeriesName", SeriesName.all.count), ("SeriesFamily", SeriesFamily.all.count),
    ])
    func theListsAreWhole(type: String, count: Int) throws {
        let folder = Self.root.appending(path: "Sources/ApeMetrics/Names")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let text = try files.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        #expect(text.components(separatedBy: " = \(type)(").count - 1 == count)
    }

    @Test func labelsStandInBraces() {
        #expect(CounterName.sessionsFailed(.target5xx).rawValue == "sessions_failed{reason=target_5xx}")
        #expect(CounterName.actions(.error).rawValue == "actions{status=error}")
        #expect(CounterName.decisionErrors(.http429).rawValue == "decision_errors{reason=http_429}")
        #expect(CounterName.actions(.clientError).isOf(.actions) && !CounterName.actions(.error).isOf(.decisionErrors))
        let series = SeriesName.target(route: "GET /{id}")
        #expect(series.rawValue == "target{route=GET /{id}}" && series.value(in: .targetRoute) == "GET /{id}")
        #expect(series.with(labelValue: "other") == .target(route: "other"))
        #expect(SeriesName.target.value(in: .targetRoute) == nil && SeriesName.gap.with(labelValue: "x") == nil)
        #expect(GapLabel.route.families.map { $0["/"].rawValue }.last == "route_overhead_us{route=/}")
    }

    @Test(arguments: [
        (FailureReason.target(.timeout), "target_timeout", Party.target),
        (.target(.notAllowed), "harness_not_allowed", .harness), (.inference(.http429), "inference_429", .inference),
        (.inference(.httpAuth), "inference_auth", .inference), (.inference(.http5xx), "inference_5xx", .inference),
        (.inference(.transport), "harness_transport", .harness), (.inference(.stream), "inference_stream", .inference),
        (.stepLimit, "simulation_step_limit", .simulation), (.data, "harness_data", .harness),
        (FailureReason(rawValue: "out_of_luck"), "out_of_luck", .simulation),
    ])
    func reasonsBeginWithWhoseTheyAre(reason: FailureReason, text: String, family: Party) {
        #expect(reason.rawValue == text && reason.party == family)
    }
}
