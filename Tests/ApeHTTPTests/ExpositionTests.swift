import ApeCore
import ApeMetrics
import Testing

@testable import ApeHTTP

struct ExpositionTests {
    @Test func aFamilyHasItsHeaderOnceAndItsSamplesBelow() {
        var page = Exposition()
        let family = MetricFamily("ape_things_total", .counter, "Things.", labels: ["kind"])
        page.add(family, at: ["a"], 1)
        page.add(family, at: ["b"], 2)
        #expect(
            page.text == """
                # HELP ape_things_total Things.
                # TYPE ape_things_total counter
                ape_things_total{kind="a"} 1
                ape_things_total{kind="b"} 2

                """
        )
    }

    @Test func labelsAndHelpAreEscapedAsTheFormatWants() {
        var page = Exposition()
        page.add(MetricFamily("m", .gauge, "a\\b\n\"c\"", labels: ["l"]), at: ["x\\y\nz\"w\"{}é"], 1)
        #expect(page.text.contains("# HELP m a\\\\b \"c\"\n"))
        #expect(page.text.contains("m{l=\"x\\\\y z\\\"w\\\"{}é\"} 1\n"))
        #expect(page.text.split(separator: "\n").count == 3)
    }

    @Test func numbersAreWrittenAsPrometheusReadsThem() {
        var page = Exposition()
        let family = MetricFamily("m", .gauge, "M.", labels: ["l"])
        let numbers = [0.0, 2, 0.25, .nan, .infinity, -.infinity]
        for (index, number) in numbers.enumerated() { page.add(family, at: ["\(index)"], number: number) }
        page.add(family, at: ["time"], micros: 1_500_000)
        let values = page.text.split(separator: "\n").dropFirst(2).compactMap { $0.split(separator: " ").last }
        #expect(values == ["0", "2", "0.25", "NaN", "+Inf", "-Inf", "1.5"])
    }

    @Test func bucketsCountEverySampleUpToTheirBound() {
        var (first, second) = (Histogram(), Histogram())
        for micros: Int64 in [1, 900_000, 1_000_000] { first.record(micros) }
        for micros: Int64 in [1_100_000, 119_000_000, 500_000_000] { second.record(micros) }
        var buckets = LatencyBuckets()
        buckets.add(first)
        buckets.add(second)
        let counts = Dictionary(uniqueKeysWithValues: zip(LatencyBuckets.boundsMicros, buckets.cumulative))
        #expect(counts[1_000] == 1)
        #expect(counts[750_000] == 1)
        #expect(counts[1_000_000] == 3)
        #expect(counts[1_500_000] == 4)
        #expect(counts[60_000_000] == 4)
        #expect(counts[120_000_000] == 5)
        #expect(buckets.count == 6)
        #expect(buckets.sumMicros == 1 + 900_000 + 1_000_000 + 1_100_000 + 119_000_000 + 500_000_000)
    }

    @Test func boundsRiseAndHelpWherePercentilesAreAskedFor() {
        let bounds = LatencyBuckets.boundsMicros
        #expect(bounds == Array(Set(bounds)).sorted())
        for (low, high) in zip(bounds, bounds.dropFirst()) where low >= 10_000 && high <= 60_000_000 {
            #expect(Double(high) / Double(low) <= 1.67, "\(low)")
        }
        for target: Int64 in [1_000_000, 1_500_000, 2_000_000, 30_000_000] { #expect(bounds.contains(target)) }
    }

    @Test func aHistogramEndsWithAllSamplesItsSumAndItsCount() {
        var histogram = Histogram()
        histogram.record(250_000)
        histogram.record(130_000_000)
        var buckets = LatencyBuckets()
        buckets.add(histogram)
        var page = Exposition()
        page.add(MetricFamily("ape_agent_gap_part_seconds", .histogram, "G.", labels: ["part"]), at: ["think"], buckets)
        let lines = page.text.split(separator: "\n")
        #expect(lines.contains("ape_agent_gap_part_seconds_bucket{part=\"think\",le=\"0.2\"} 0"))
        #expect(lines.contains("ape_agent_gap_part_seconds_bucket{part=\"think\",le=\"0.3\"} 1"))
        #expect(
            lines.suffix(3) == [
                "ape_agent_gap_part_seconds_bucket{part=\"think\",le=\"+Inf\"} 2",
                "ape_agent_gap_part_seconds_sum{part=\"think\"} 130.25",
                "ape_agent_gap_part_seconds_count{part=\"think\"} 2",
            ]
        )
    }

    @Test func measuresOfAllStagesAddUp() {
        var (hold, aside) = (Measures(), Measures())
        var tally = WindowTally()
        tally.add(.sessionsStarted, 3)
        tally.add(.actions(.serverError), 2)
        tally.add(.sessionsFailed(.target5xx))
        tally.record(.targetRoute, "GET /api/{id}", 20_000)
        hold.add(tally.cut())
        tally.add(.sessionsStarted, 4)
        aside.add(tally.cut())
        var page = Exposition()
        page.add([hold, aside])
        let lines = page.text.split(separator: "\n")
        #expect(lines.contains("ape_agent_sessions_total 7"))
        #expect(lines.contains("ape_agent_requests_total{status=\"5xx\"} 2"))
        #expect(lines.contains("ape_agent_requests_total{status=\"2xx\"} 0"))
        #expect(lines.contains("ape_failed_sessions_total{reason=\"target_5xx\"} 1"))
        #expect(lines.contains("ape_target_request_seconds_count{route=\"GET /api/{id}\"} 1"))
        #expect(lines.contains("ape_inference_ttft_seconds_count 0"))
    }

    @Test func namesOfPeersAreWordsAndStandOnce() {
        var page = Exposition()
        let family = MetricFamily("m", .gauge, "M.", labels: ["name"])
        page.add(family, at: ["a\u{1}\n\""], 1)
        page.add(family, at: ["a\u{2}\n\""], 2)
        let lines = page.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("\"a\u{FFFD} \\\"\"") == true, "\(lines)")
    }
}
