import ApeHTTP

/// The pages of a results directory's runs, where no run goes on.
package struct StoredSite: HTTPSite {
    package let endpoints = StoredPages.endpoints

    private let pages: StoredPages

    /// - Parameter results: the directory.
    package init(results: String) {
        pages = StoredPages(results: results)
    }

    package func notReadyReason() async -> String? { nil }

    package func answer(_ request: HTTPRequest) async -> HTTPAnswer? {
        guard request.path == "/" else { return await pages.answer(request) }
        // Whoever asks for anything, as curl does, has the list of all pages.
        return request.accept?.contains("text/html") == true ? StoredPages.redirection(to: "/runs") : nil
    }
}
