import ApeCore
import ApeHTTP
import ApeRun
import ApeStore
import Foundation
import Testing

@testable import ApeSite

@Suite struct StoredPagesTests {
    /// Runs `body` with a directory of its own, which has two runs that have ended without measuring anything.
    private func withRuns(_ count: Int = 2, _ body: (StoredPages, String, [String]) async throws -> Void) async throws {
        let results = FileManager.default.temporaryDirectory.appending(path: "ape-\(UUID())").path
        try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: results) }
        var ids: [String] = []
        if count > 0 {
            let store = try RunStore(path: RunStore.path(in: results))
            for number in 0..<count {
                let id = "run\(number)" + String(repeating: "0", count: 28)
                let run = StoredRun(
                    id: id,
                    scenarioName: "<shop>",
                    scenario: Self.document,
                    plan: Self.plan,
                    seed: 1,
                    createdMicros: 1_700_000_000_000_000 + Int64(number) * 60_000_000
                )
                try await store.createRun(run)
                ids.append(id)
            }
            try store.close()
        }
        try await body(StoredPages(results: results), results, ids)
    }

    private static let plan = Plan(stages: [
        Stage(name: "only", agents: 5, rampMicros: 0, warmupMicros: 0, holdMicros: 9_000_000)
    ])
    private static let document: JSONValue = [
        "name": "shop", "targets": ["shop": ["url": "http://127.0.0.1:1"]],
        "goals": ["buy": ["script": ["GET /a"], "success": [["answer": "GET /a", "status": 200]]]],
    ]

    private func page(_ pages: StoredPages, _ path: String, _ query: [String: String] = [:]) async throws -> HTTPAnswer
    {
        try #require(await pages.answer(HTTPRequest(path: path, query: query)))
    }

    @Test func theListHasEveryRunTheLatestFirst() async throws {
        try await withRuns { pages, _, ids in
            let answer = try await page(pages, "/runs")
            let text = try #require(answer.text)
            #expect(answer.status == 200)
            let places = ids.map { text.range(of: "/runs/\($0)")?.lowerBound }
            #expect(try #require(places[1]) < #require(places[0]))
            #expect(text.contains("&lt;shop&gt;") && !text.contains("<shop>"))
            #expect(text.contains("unfinished"))
            #expect(text.contains("name=\"a\" value=\"\(ids[0])\"") && text.contains("name=\"b\" value=\"\(ids[1])\""))
            #expect(answer.headers.contains { $0.name == "Content-Security-Policy" && !$0.value.contains("unsafe") })
        }
    }

    @Test func aRunHasItsReport() async throws {
        try await withRuns { pages, _, ids in
            let answer = try await page(pages, "/runs/\(ids[0])")
            #expect(answer.status == 200)
            #expect(answer.text?.contains("INTERRUPTED") == true)
            #expect(answer.text?.contains("The eight targets") == true)
            #expect(answer.text?.contains(" style=") == false)
            let latest = try await page(pages, "/runs/latest")
            #expect(latest.text?.contains(ids[1]) == true)
        }
    }

    @Test func twoRunsStandSideBySide() async throws {
        try await withRuns { pages, _, ids in
            let answer = try await page(pages, "/compare", ["a": ids[0], "b": ids[1]])
            #expect(answer.status == 200)
            #expect(answer.text?.contains("No critical target could be compared.") == true)
            #expect(answer.text?.contains(ids[0]) == true && answer.text?.contains(ids[1]) == true)
            #expect(try await page(pages, "/compare", ["a": ids[0]]).status == 400)
        }
    }

    @Test func theTrendIsThatOfAScenario() async throws {
        try await withRuns { pages, _, _ in
            let answer = try await page(pages, "/trend", ["scenario": "<shop>"])
            #expect(answer.status == 200)
            #expect(answer.text?.contains("Trend of &lt;shop&gt;") == true)
            #expect(try await page(pages, "/trend", ["scenario": "other"]).status == 404)
        }
    }

    @Test(arguments: ["/runs/", "/runs/%2e%2e", "/runs/..", "/runs/a b", "/runs/nothing", "/runs/<b>"])
    func aRunThatIsNotThereHasAClearPage(path: String) async throws {
        try await withRuns { pages, _, _ in
            let answer = try await page(pages, path)
            #expect(answer.status == 404 || answer.status == 503, "\(answer.status)")
            #expect(answer.text?.contains("<h1>") == true)
            #expect(answer.text?.contains("<b>") == false)
        }
    }

    @Test func aDirectoryWithoutRunsSaysSo() async throws {
        try await withRuns(0) { pages, _, _ in
            let list = try await page(pages, "/runs")
            #expect(list.status == 200 && list.text?.contains("There are no runs yet") == true)
            #expect(try await page(pages, "/trend").status == 404)
        }
    }

    @Test func aDatabaseThatIsNoneSaysSo() async throws {
        try await withRuns(0) { pages, results, _ in
            try Data("no database at all, but some text".utf8).write(to: URL(filePath: RunStore.path(in: results)))
            let list = try await page(pages, "/runs")
            #expect(list.status == 503)
            #expect(list.text?.contains("The runs cannot be read") == true)
        }
    }

    @Test func aPageThatWasMadeIsShownAgain() async throws {
        try await withRuns { pages, results, ids in
            let first = try await page(pages, "/runs/\(ids[0])")
            try FileManager.default.removeItem(atPath: RunStore.path(in: results))
            #expect(try await page(pages, "/runs/\(ids[0])").text == first.text)
        }
    }

    @Test func pagesAreMadeOneAtATime() async {
        let turnstile = Turnstile()
        let most = await withTaskGroup(of: Int?.self) { group in
            let inside = Counter()
            for _ in 0..<10 {
                group.addTask {
                    await turnstile.pass {
                        let now = await inside.enter()
                        try? await Task.sleep(for: .milliseconds(2))
                        await inside.leave()
                        return now
                    }
                }
            }
            return await group.reduce(0) { max($0, $1 ?? 0) }
        }
        #expect(most == 1)
    }

    @Test func theFilesThatPagesLoadAreThere() async throws {
        let pages = StoredPages(results: "nowhere")
        for (name, type) in [("style.css", "text/css"), ("live.js", "text/javascript"), ("icon.svg", "image/svg+xml")] {
            #expect(try await page(pages, "/page/\(name)").contentType == "\(type); charset=utf-8")
        }
        #expect(await pages.answer(HTTPRequest(path: "/page/other.js")) == nil)
        #expect(await pages.answer(HTTPRequest(path: "/elsewhere")) == nil)
    }
}

private actor Counter {
    private var count = 0

    func enter() -> Int {
        count += 1
        return count
    }

    func leave() { count -= 1 }
}
