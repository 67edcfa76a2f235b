import ApeCore
import Testing

@testable import ApeMetrics

/// Pages of figures as servers show them, and as strangers may.
@Suite struct MetricsPageTests {
    private static func read(_ text: String, openMetrics: Bool = false) throws -> MetricsPage {
        try MetricsPage(Array(text.utf8), isOpenMetrics: openMetrics)
    }

    @Test func aPageIsRead() throws {
        let page = try Self.read(
            """
            # HELP vllm:num_requests_waiting Number of requests waiting.
            # TYPE vllm:num_requests_waiting gauge
            vllm:num_requests_waiting{model_name="a \\"b\\" \\\\ \\n",engine="0"} 12.5 1700000000000

            # a comment
            # TYPE up untyped
            up 1e3
            \tindented{} -.5E-1
            """
        )
        #expect(page.names == ["vllm:num_requests_waiting", "up", "indented"])
        #expect(page.samples.map(\.value) == [12.5, 1000, -0.05])
        #expect(page.samples[0].labels.map(\.name) == ["engine", "model_name"])
        #expect(page.samples[0].labels[1].value == "a \"b\" \\ \n")
        #expect(page.kind(of: "vllm:num_requests_waiting") == .gauge)
        #expect(page.kind(of: "up") == .unknown)
    }

    @Test func numbersThatAreNoneAreRead() throws {
        let values = try Self.read("a NaN\nb +Inf\nc -Inf\nd inf\ne nan\nf 1e400\n").samples.map(\.value)
        #expect(values[0].isNaN && values[4].isNaN)
        #expect(Array(values[1...3]) == [.infinity, -.infinity, .infinity])
        #expect(values[5] == .infinity)
    }

    @Test func endsOfLinesMayBeThoseOfWindows() throws {
        let page = try Self.read("# TYPE a counter\r\na 1\r\nb{x=\"y\"} 2\r\n")
        #expect(page.samples.map(\.value) == [1, 2])
        #expect(page.kind(of: "a") == .counter)
    }

    @Test func openMetricsIsRead() throws {
        let page = try Self.read(
            """
            # TYPE requests counter
            # UNIT requests requests
            requests_total{code="200"} 5 # {trace_id="abc"} 1 1700000000.5
            requests_created{code="200"} 1.7e9
            # TYPE wait_seconds histogram
            wait_seconds_sum 3
            wait_seconds_count 2 1700000000.25
            {"a name.of dots",b="c"} 7
            # EOF

            """,
            openMetrics: true
        )
        #expect(page.samples.map(\.value) == [5, 1.7e9, 3, 2, 7])
        #expect(page.kind(of: "requests_total") == .counter)
        #expect(page.kind(of: "wait_seconds") == .histogram)
        #expect(page.kind(of: "wait_seconds_sum") == .counter)
        #expect(page.names.last == "a name.of dots")
    }

    @Test(arguments: [
        ("a", "no number"), ("a b", "no number"), ("a 0x10", "no number"), ("a 1_000", "no number"),
        ("a 1,5", "no number"),
        ("a 1 x", "time"), ("a 1 NaN", "time"), ("a 1 2 3", "behind"), ("1a 1", "name"), ("a-b 1", "name"),
        ("{\"a\": 1}", "labels"), ("<html>", "name"), ("a{b} 1", "labels"), ("a{b=\"c} 1", "quotes"),
        ("a{b=\"\\x\"} 1", "quotes"), ("a{b=\"c\" d=\"e\"} 1", "do not end"), ("a{b=\"c\",b=\"d\"} 1", "twice"),
        ("a{b=\"c\"", "do not end"), ("a 1\na 2", "twice"), ("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 1", "twice"),
        ("# TYPE a gauge\n# TYPE a counter", "twice"), ("# TYPE a thing", "TYPE"), ("# TYPE a", "TYPE"),
        ("a 1 # {b=\"c\"} 1", "behind"), ("\u{FEFF}a 1", "name"), ("a\u{0} 1", "name"),
        ("a{\u{1B}[2J=\"c\"} 1", "labels"),
    ])
    func whatIsNoPageIsTold(text: String, words: String) {
        let fault = #expect(throws: MetricsPageFault.self) { try Self.read(text) }
        #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "")")
        #expect(fault?.description.contains("\u{1B}") == false)
    }

    @Test func theLineIsTold() {
        let fault = #expect(throws: MetricsPageFault.self) { try Self.read("a 1\n# x\n\nb\n") }
        #expect(fault?.line == 4)
    }

    @Test func aPageThatBreaksOffIsTold() {
        let fault = #expect(throws: MetricsPageFault.self) { try Self.read("a 1\n", openMetrics: true) }
        #expect(fault?.message == "the page breaks off: # EOF is missing")
        #expect(throws: MetricsPageFault.self) { try Self.read("a 1\n# EOF\nb 2\n", openMetrics: true) }
    }

    @Test func pagesAreBounded() {
        let long = String(repeating: "x", count: MetricsPageParser.maximumLineBytes + 1)
        #expect(throws: MetricsPageFault.self) { try Self.read("# \(long)") }
        #expect(throws: MetricsPageFault.self) { try Self.read(String(repeating: "n", count: 300) + " 1") }
        let labels = (0..<65).map { "l\($0)=\"v\"" }.joined(separator: ",")
        #expect(throws: MetricsPageFault.self) { try Self.read("a{\(labels)} 1") }
        #expect(throws: MetricsPageFault.self) { try Self.read("a{b=\"\(String(repeating: "v", count: 5000))\"} 1") }
        let many = (0...MetricsPage.maximumSamples).map { "a{n=\"\($0)\"} 1" }.joined(separator: "\n")
        #expect(throws: MetricsPageFault.self) { try Self.read(many) }
    }

    /// What nobody asks for is read and dropped, so that a large page costs little.
    @Test func onlyWhatIsWantedIsKept() throws {
        let page = try MetricsPage(Array("a 1\nb 2\nb 2\nc 3\n".utf8)) { $0 == "c" }
        #expect(page.samples.map(\.name) == ["c"])
        #expect(page.names == ["a", "b", "c"])
    }

    /// However a page is cut or bent, the answer is a page or a fault.
    @Test func noBytesStopTheReader() {
        let text = Array("# TYPE a gauge\na{b=\"c\\n\",d=\"e\"} 1.5e3 17\n{\"q\"} NaN\n# EOF".utf8)
        for end in text.indices { _ = try? MetricsPage(Array(text[..<end]), isOpenMetrics: end % 2 == 0) }
        var random = SeededRandom(seed: 7)
        for _ in 0..<2_000 {
            var bent = text
            for _ in 0..<3 {
                bent[Int.random(in: bent.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? MetricsPage(bent)
        }
    }

    @Test func answersThatAreNoPagesHaveTheirReason() {
        func reason(_ status: Int, _ body: String, isCut: Bool = false, type: String? = nil) -> String {
            switch ServerPage(status: status, contentType: type, body: Array(body.utf8), isCut: isCut) {
            case .shown: "shown"
            case .missing(let reason): reason
            }
        }
        #expect(reason(200, "a 1") == "shown")
        #expect(reason(503, "a 1") == "status 503")
        #expect(reason(200, "a 1", isCut: true) == "its page has more than 8 MiB")
        #expect(reason(200, "") == "its page shows no figures")
        #expect(reason(200, "<html>").hasPrefix("its page is none in Prometheus' format: line 1"))
        #expect(reason(200, "a 1", type: "application/openmetrics-text; version=1.0.0").contains("EOF"))
    }
}
