import ApeCore
import ApeMetrics
@testable import ApeReport
import ApeRun
import Foundation
import Testing

/// Against what `Tests/Reference/otlp.py` wrote with the published protobuf classes, byte by byte.
@Suite struct OTLPEncodingTests {
    private static let start: Int64 = 1_700_000_000_000_000
    private static let origin = OTLPOrigin(run: "r-1", scenario: "shöp", version: "9.9")

    static func reference(_ name: String) throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Reference/otlp.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix(name + " ") })
        return String(line.dropFirst(name.count + 1))
    }

    static func traces(_ inference: Scenario.Inference? = .init(baseURL: "http://model/v1", model: "llama"))
        -> OTLPTraces
    {
        OTLPTraces(origin: origin, inference: inference, nameOf: { $0 == "id-alpha" ? "alpha" : $0 })
    }

    static let failed = ExemplarSession(
        reason: "target_5xx",
        message: "the target answered 503",
        worker: "id-alpha",
        agent: 7,
        traceID: "0af7651916cd43dd8448eb211c80319c",
        session: SessionTrace(
            goal: "buy",
            startMicros: start,
            durationMicros: 900_000,
            failedCheck: .init(name: "paid", reason: "the status is 503"),
            steps: [
                .init(
                    offsetMicros: 0,
                    durationMicros: 300_000,
                    what: "decision",
                    spanID: 0x00f0_67aa_0ba9_02b7,
                    decision: .init(
                        firstTokenMicros: 120_000,
                        tokensIn: 812,
                        tokensOut: 41,
                        tokensCached: 512,
                        isEstimate: true
                    )
                ),
                .init(
                    offsetMicros: 310_000,
                    durationMicros: 590_000,
                    what: "POST /api/orders",
                    status: 503,
                    attempts: 3,
                    spanID: 0xb7ad_6b71_6920_3331
                ),
            ],
            stepsLeftOut: 3
        )
    )

    @Test func aFailedSessionIsTheReferencesTrace() throws {
        let bytes = Self.traces().request([Self.failed]).protobuf
        #expect(Hexadecimal.text(of: bytes) == (try Self.reference("failed")))
    }

    @Test func aScriptThatSucceededIsTheReferencesTrace() throws {
        let step = SessionTrace.Step(
            offsetMicros: 1,
            durationMicros: 2,
            what: "verify GET /",
            status: 200,
            spanID: UInt64.max
        )
        let session = SessionTrace(goal: "look", startMicros: Self.start, durationMicros: 5, steps: [step])
        let exemplar = ExemplarSession(
            reason: WorkerEvent.sessionSucceeded,
            message: "the session reached its goal",
            worker: "id-alpha",
            traceID: Self.failed.traceID,
            session: session
        )
        let bytes = Self.traces(nil).request([exemplar]).protobuf
        #expect(Hexadecimal.text(of: bytes) == (try Self.reference("script")))
    }

    @Test func metricsOfEachKindAreTheReferences() throws {
        func metric(_ name: String, _ kind: OTLPMetric.Kind, unit: String, help: String = "") -> OTLPMetric {
            OTLPMetric(
                name,
                kind,
                unit: unit,
                help: help,
                startMicros: Self.start,
                nowMicros: Self.start + 1_500_000
            )
        }
        var sum = metric("ape_agent_sessions", .sum, unit: "{session}", help: "Sessions that agents began.")
        sum.add(OTLPAttributes(), integer: 0)
        var reason = OTLPAttributes()
        reason.set("reason", "target_5xx")
        sum.add(reason, integer: -5)
        var gauge = metric("ape_worker_cpu", .gauge, unit: "%")
        gauge.add(OTLPAttributes(), number: 12.5)
        var histogram = metric("ape_inference_ttft", .histogram, unit: "s")
        histogram.add(OTLPAttributes(), sum: 0.25, buckets: [1, 2, 3], bounds: [0.001, 0.01])
        let bytes = Self.origin.request([sum, gauge, histogram]).protobuf
        #expect(Hexadecimal.text(of: bytes) == (try Self.reference("metrics")))
    }

    @Test func sessionsWithoutATraceOfTheirOwnAreLeftOut() {
        for identifier in [nil, "", "0af7", String(repeating: "0", count: 32), String(repeating: "G", count: 32)] {
            var exemplar = Self.failed
            exemplar.traceID = identifier
            #expect(Self.traces().spans(exemplar).isEmpty)
        }
    }

    @Test func spansThatAnEarlierVersionDidNotTellAreDerived() {
        var old = Self.failed
        for place in old.session.steps.indices { old.session.steps[place].spanID = 0 }
        let ids = Self.traces().spans(old).map(\.id)
        #expect(ids == Self.traces().spans(old).map(\.id) && Set(ids).count == 3 && !ids.contains(0))
        #expect(ids[0] == 0x8448_eb21_1c80_319c)
    }

    @Test func jsonHasHexadecimalIdentifiersAndTextsForLongIntegers() {
        let json = Self.traces().request([Self.failed]).json
        let scope = json["resourceSpans"]?[0]?["scopeSpans"]?[0]
        #expect(scope?["schemaUrl"]?.string == "https://opentelemetry.io/schemas/1.41.1")
        let decision = scope?["spans"]?[1]
        #expect(decision?["traceId"]?.string == "0af7651916cd43dd8448eb211c80319c")
        #expect(decision?["spanId"]?.string == "00f067aa0ba902b7")
        #expect(decision?["parentSpanId"]?.string == "8448eb211c80319c")
        #expect(decision?["kind"]?.integer == 3 && decision?["flags"]?.integer == 0x101)
        #expect(decision?["startTimeUnixNano"]?.string == "1700000000000000000")
        #expect(decision?["attributes"]?[4] == ["key": "gen_ai.usage.input_tokens", "value": ["intValue": "812"]])
        let names = decision?["attributes"]?.array?.compactMap { $0["key"]?.string } ?? []
        #expect(!names.contains { $0.contains("time_to_first_chunk") })
    }

    @Test func longAndHostileTextsAreBounded() {
        var hostile = Self.failed
        hostile.message = String(repeating: "ä", count: 5_000)
        hostile.session.goal = "\u{1B}[31m" + String(repeating: "x", count: 5_000)
        let spans = Self.traces().spans(hostile)
        #expect(spans.map(\.message.protobuf.count).max() ?? 0 < 8_000)
    }
}
