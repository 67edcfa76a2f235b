import ApeCore
import ApeHTTP
import ApeProgram
import ApeReport
import ApeRun
import ApeStore

/// The pages of a results directory: its runs as a list, each with its report, two side by side, and their trend.
///
/// To make one may take reading a run whole. So one is made at a time, whoever asks, and is kept for a while.
package struct StoredPages: Sendable {
    package static let endpoints = [
        HTTPEndpoint("/runs", "the runs of the results directory, for a browser"),
        HTTPEndpoint("/runs/{id}", "the report of a run, for a browser"),
        HTTPEndpoint("/compare", "two runs side by side, for a browser"),
        HTTPEndpoint("/trend", "how runs went from one to the next, for a browser"),
        HTTPEndpoint("/page/{file}", "what the pages load"),
    ]

    /// Runs that are listed.
    static let maximumRuns = 500
    /// Characters of a run's identifier, or of its beginning.
    static let maximumID = 64
    /// How long the list is shown again, and how long a page that takes reading runs is.
    static let freshness = (list: Duration.seconds(2), page: Duration.seconds(60))

    let results: String
    /// The program's own database; nil to open that of the directory for each page.
    let store: RunStore?
    /// The run that goes on in the program, at `/`; nil for none.
    let run: String?
    private let shelf = PageShelf()
    private let turnstile = Turnstile()

    /// - Parameters:
    ///   - results: the directory.
    ///   - store: its database, where the program has it open; nil to open it for each page.
    ///   - run: the run that goes on in the program, which has its page at `/`; nil for none.
    package init(results: String, store: RunStore? = nil, run: String? = nil) {
        (self.results, self.store, self.run) = (results, store, run)
    }

    var hasRun: Bool { run != nil }

    /// The answer to a request; nil where the page is none of these.
    package func answer(_ request: HTTPRequest) async -> HTTPAnswer? {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        switch (parts.first, parts.count) {
        case ("page", 2): return WebFile(named: String(parts.last ?? "")).map(Self.answer)
        case ("runs", 1): return await kept("runs", for: Self.freshness.list) { try await list() }
        case ("runs", 2):
            guard let id = Self.id(parts.last.map(String.init)) else { return unknown }
            if id == run { return Self.redirection(to: "/") }
            return await kept("runs/\(id)", for: Self.freshness.page) { try await report(id) }
        case ("compare", 1): return await comparison(request.query)
        case ("trend", 1):
            let scenario = request.query["scenario"].flatMap { $0.isEmpty ? nil : $0 }
            return await kept("trend/\(scenario ?? "")", for: Self.freshness.page) { try await trend(scenario) }
        default: return nil
        }
    }

    private func comparison(_ query: [String: String]) async -> HTTPAnswer {
        guard let base = Self.id(query["a"]), let run = Self.id(query["b"]) else {
            return answer(
                .error("Which two runs?", "Choose a base and a run in the list of runs.", hasRun: hasRun),
                400
            )
        }
        let anyVersion = query["any_version"] == "1"
        return await kept("compare/\(base)/\(run)/\(anyVersion)", for: Self.freshness.page) {
            try await compared(base, run, anyVersion: anyVersion)
        }
    }

    /// A page of the shelf, or one that is made now.
    private func kept(
        _ key: String,
        for freshness: Duration,
        _ make: @Sendable () async throws -> WebPage
    ) async -> HTTPAnswer {
        if let page = shelf.page(key) { return page }
        let made = await turnstile.pass { () -> HTTPAnswer in
            // Whoever was before may have made it.
            if let page = shelf.page(key) { return page }
            do {
                let answer = answer(try await make())
                shelf.keep(answer, as: key, for: freshness)
                return answer
            } catch {
                return failure(error)
            }
        }
        return made
            ?? answer(
                .error("Too many pages at once", "Others are being made: ask again in a while.", hasRun: hasRun),
                503
            )
    }

    private func failure(_ error: any Error) -> HTTPAnswer {
        let error = error as? ApeError ?? ApeError(.store, "\(error)")
        switch error.code {
        case .usage: return answer(.error("There is no such page", error.message, hasRun: hasRun), 404)
        default: return answer(.error("The runs cannot be read", "\(error)", hasRun: hasRun), 503)
        }
    }

    private var unknown: HTTPAnswer {
        answer(.error("There is no such run", "The list of runs has those that there are.", hasRun: hasRun), 404)
    }

    /// A page's answer, with the policy by which browsers show it.
    package func answer(_ page: WebPage, _ status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(
            status: status,
            contentType: "text/html; charset=utf-8",
            headers: [("Content-Security-Policy", WebPage.policy), ("Referrer-Policy", "no-referrer")],
            body: page.text
        )
    }

    private static func answer(_ file: WebFile) -> HTTPAnswer {
        HTTPAnswer(contentType: file.contentType, body: file.text)
    }

    static func redirection(to path: String) -> HTTPAnswer {
        HTTPAnswer(
            status: 303,
            contentType: "text/plain; charset=utf-8",
            headers: [("Location", path)],
            body: "\(path)\n"
        )
    }

    /// What may be a run's identifier, the beginning of one, or `latest`.
    private static func id(_ text: String?) -> String? {
        guard let text, (1...maximumID).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || isLetterOrDigit($0) })
        else { return nil }
        return text
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
