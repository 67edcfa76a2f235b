import ApeCore
import ApeHTTP
import ApeReport
import ApeSite

/// The pages of a coordinator for browsers: that of its run, which grows, and those of the runs before it.
struct CoordinatorPages: Sendable {
    static let endpoints =
        [HTTPEndpoint("/page/live", "the run's page as it grows, as server-sent events")]
        + StoredPages.endpoints

    let hub: LiveHub
    let stored: StoredPages

    /// The answer to a request; nil where the page is none of these.
    func answer(_ request: HTTPRequest) async -> HTTPAnswer? {
        switch request.path {
        case "/":
            // Whoever asks for anything, as curl does, has the list of all pages.
            guard request.accept?.contains("text/html") == true else { return nil }
            return await hub.document(mayControl: request.mayControl).map { stored.answer($0) }
        case "/page/live":
            // A browser that comes back says what it saw last; one that has just loaded the page says so in the address.
            guard let events = await hub.events(after: request.lastEventID ?? request.query["after"]) else {
                return .error(503, "too_many_streams", "Too many pages are open: close one")
            }
            return HTTPAnswer(contentType: "text/event-stream", body: .events(events))
        case "/page/series":
            guard let series = await hub.distribution(ofSeries: request.query["name"] ?? "") else {
                return .error(404, "not_found", "There is no such series")
            }
            return HTTPAnswer(contentType: "text/html; charset=utf-8", body: series)
        default: return await stored.answer(request)
        }
    }
}
