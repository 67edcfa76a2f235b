import ApeCore
import ApeReport
import Testing

@testable import ApeCoordinator

/// Where a run is exported to, by flag and by the variables of OpenTelemetry's exporters.
@Suite struct OTLPSettingsTests {
    private static func settings(_ url: String? = nil, _ variables: [String: String] = [:]) throws -> OTLPSettings? {
        try OTLPSettings(url: url, environment: variables)
    }

    @Test func nothingIsExportedUnlessAPlaceIsNamed() throws {
        #expect(try Self.settings() == nil)
        #expect(
            try Self.settings(nil, ["OTEL_EXPORTER_OTLP_HEADERS": "a=b", "OTEL_EXPORTER_OTLP_ENDPOINT": " "]) == nil
        )
        #expect(
            try Self.settings(nil, ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_SDK_DISABLED": "TRUE"]) == nil
        )
    }

    @Test func aBaseIsFollowedByTheSignalsPathAndASignalsOwnPlaceIsNot() throws {
        let base = try #require(try Self.settings("http://127.0.0.1:4318/"))
        #expect(base.endpoints[.metrics]?.url == "http://127.0.0.1:4318/v1/metrics")
        #expect(base.endpoints[.traces]?.url == "http://127.0.0.1:4318/v1/traces")
        #expect(base.intervalMicros == 10_000_000)
        let mixed = try #require(
            try Self.settings(
                nil,
                [
                    "OTEL_EXPORTER_OTLP_ENDPOINT": "https://a/otlp",
                    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://b/own/path",
                    "OTEL_METRIC_EXPORT_INTERVAL": "2500", "OTEL_EXPORTER_OTLP_TIMEOUT": "300",
                    "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "700", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json",
                    "OTEL_EXPORTER_OTLP_CERTIFICATE": "ca.pem",
                ]
            )
        )
        #expect(mixed.endpoints[.metrics]?.url == "https://a/otlp/v1/metrics")
        #expect(mixed.endpoints[.traces]?.url == "https://b/own/path")
        #expect(
            mixed.endpoints[.metrics]?.timeoutMicros == 300_000 && mixed.endpoints[.traces]?.timeoutMicros == 700_000
        )
        #expect(mixed.endpoints[.metrics]?.isJSON == false && mixed.endpoints[.traces]?.isJSON == true)
        #expect(mixed.endpoints[.traces]?.caFile == "ca.pem" && mixed.intervalMicros == 2_500_000)
    }

    @Test func theFlagWinsOverTheEnvironmentsPlaces() throws {
        let variables = [
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://other/m", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://other",
            "OTEL_SDK_DISABLED": "true",
        ]
        let settings = try #require(try Self.settings("http://here", variables))
        #expect(
            settings.endpoints.mapValues(\.url) == [
                .metrics: "http://here/v1/metrics", .traces: "http://here/v1/traces",
            ]
        )
        #expect(throws: ApeError.self) { try Self.settings("here:4318") }
        #expect(throws: ApeError.self) { try Self.settings("http://user:secret@here") }
        #expect(throws: ApeError.self) { try Self.settings("http://here", ["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"]) }
    }

    @Test func oneSignalMayBeLeftOut() throws {
        let base = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://a"]
        let none = try Self.settings(nil, base.merging(["OTEL_TRACES_EXPORTER": "none"]) { $1 })
        #expect(none?.endpoints.keys.map(\.self) == [.metrics])
        let only = try Self.settings(nil, ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a/t"])
        #expect(only?.endpoints.keys.map(\.self) == [.traces])
    }

    @Test func whatCannotBeFollowedIsSaid() throws {
        let settings = try #require(
            try Self.settings(
                nil,
                [
                    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
                    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
                    "OTEL_EXPORTER_OTLP_TIMEOUT": "soon", "OTEL_METRIC_EXPORT_INTERVAL": "0",
                    "OTEL_EXPORTER_OTLP_HEADERS": "a=%2C%C3%A4,b, c d=e,x=%0D%0Ainjected,y=%ZZ",
                ]
            )
        )
        #expect(settings.endpoints.keys.map(\.self) == [.traces])
        #expect(settings.endpoints[.traces]?.headers.map(\.name) == ["a"])
        #expect(settings.endpoints[.traces]?.headers.map(\.value) == [",ä"])
        #expect(settings.warnings.count == 6, "\(settings.warnings)")
        #expect(settings.warnings.contains { $0.contains("grpc") && $0.contains("4318") })
        #expect(!settings.warnings.contains { $0.contains("injected") }, "a header may be secret")
        let odd = try Self.settings(nil, ["OTEL_EXPORTER_OTLP_ENDPOINT": "ftp://a"])
        #expect(odd?.endpoints.isEmpty == true && odd?.warnings.count == 2)
    }

    @Test func theResourceIsTheUsersToName() throws {
        let variables = [
            "OTEL_RESOURCE_ATTRIBUTES": "service.name=mine,team=load%20tests", "OTEL_SERVICE_NAME": "shop-tests",
        ]
        let settings = try #require(try Self.settings("http://a", variables))
        #expect(settings.resource.map(\.name) == ["service.name", "team", "service.name"])
        #expect(settings.resource.map(\.value) == ["mine", "load tests", "shop-tests"])
    }

    @Test func metricsKeepTheirNamesButForKindAndUnit() throws {
        var sink = OTLPMetricSink(startMicros: 0, nowMicros: 1_000_000)
        CoordinatorSiteTests().snapshot().add(to: &sink)
        let units = Dictionary(uniqueKeysWithValues: sink.metrics.map { ($0.name, $0.unit) })
        #expect(units["ape_agent_sessions"] == "" && units["ape_agent_mtba"] == "s")
        #expect(units["ape_worker_host_cpu"] == "1" && units["ape_run_info"] == nil)
        #expect(
            units.keys.allSatisfy { !$0.hasSuffix("_total") && !$0.hasSuffix("_seconds") && !$0.hasSuffix("_count") }
        )
    }
}
