import ApeCore
import ApeHTTP

/// The pages of a results directory's runs, where no run goes on.
package struct StoredSite: HTTPSite {
    package let endpoints =
        [HTTPEndpoint("/metrics", "how the run that ended last came out, for Prometheus")] + StoredPages.endpoints

    private let pages: StoredPages

    /// - Parameter results: the directory.
    package init(results: String) {
        pages = StoredPages(results: results)
    }

    package func notReadyReason() async -> String? { nil }

    package func answer(_ request: HTTPRequest) async -> HTTPAnswer? {
        if request.path == "/metrics" { return await metrics() }
        guard request.path == "/" else { return await pages.answer(request) }
        // Whoever asks for anything, as curl does, has the list of all pages.
        return request.accept?.contains("text/html") == true ? StoredPages.redirection(to: "/runs") : nil
    }

    /// Nothing where no run has ended.
    private func metrics() async -> HTTPAnswer {
        do {
            var page = Exposition()
            if let last = try await pages.lastRun() { page.add(last) }
            return HTTPAnswer(contentType: Exposition.contentType, body: page.text)
        } catch {
            return HTTPAnswer(
                status: 503,
                contentType: "text/plain; charset=utf-8",
                body: "\(PlainText.line("The runs cannot be read: \(error)"))\n"
            )
        }
    }
}
