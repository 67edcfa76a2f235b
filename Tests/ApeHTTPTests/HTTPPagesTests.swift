import ApeCore
import Synchronization
import Testing

@testable import ApeHTTP

/// What a program answers, without a socket.
struct HTTPPagesTests {
    @Test func saysThatItIsStartingUntilThereIsASite() async {
        let pages = HTTPPages(program: "ape-test")
        #expect(await pages.answer(method: "GET", path: "/healthz").status == 200)
        for path in ["/readyz", "/metrics", "/"] {
            #expect(await pages.answer(method: "GET", path: path).status == 503)
        }
    }

    @Test func isReadyWhenItsSiteIs() async {
        let pages = HTTPPages(program: "ape-test")
        pages.show(Site(notReadyReason: nil))
        #expect(await pages.answer(method: "GET", path: "/readyz") == .json(["status": "ready"]))
        pages.show(Site(notReadyReason: "no workers"))
        let answer = await pages.answer(method: "GET", path: "/readyz")
        #expect(answer.status == 503)
        #expect(answer.body.contains("no workers"))
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
    func takesNoOrders(method: String) async throws {
        let pages = HTTPPages(program: "ape-test")
        let site = Site(notReadyReason: nil)
        pages.show(site)
        let answer = await pages.answer(method: method, path: "/page")
        #expect(answer.status == 405)
        #expect(try JSONValue(parsing: answer.body)["error"]?["code"]?.string == "method_not_allowed")
        #expect(site.made.withLock { $0 } == 0)
    }

    @Test func anUnknownPageIsToldAsJSON() async throws {
        let pages = HTTPPages(program: "ape-test")
        pages.show(Site(notReadyReason: nil))
        let answer = await pages.answer(method: "GET", path: "/nowhere")
        #expect(answer.status == 404)
        #expect(try JSONValue(parsing: answer.body)["error"]?["code"]?.string == "not_found")
    }

    @Test func theIndexListsEveryPage() async {
        let pages = HTTPPages(program: "ape-test")
        pages.show(Site(notReadyReason: nil))
        let answer = await pages.answer(method: "GET", path: "/")
        for endpoint in HTTPEndpoint.common + Site(notReadyReason: nil).endpoints {
            #expect(answer.body.contains("GET \(endpoint.path)  \(endpoint.summary)"))
        }
    }

    @Test func manyReadersOfOnePageCostOneMaking() async {
        let pages = HTTPPages(program: "ape-test")
        let site = Site(notReadyReason: nil)
        pages.show(site)
        for _ in 0..<20 { _ = await pages.answer(method: "GET", path: "/page") }
        #expect(site.made.withLock { $0 } < 20)
        // Pages that are never the same again are not kept.
        for number in 0..<100 { _ = await pages.answer(method: "GET", path: "/page/\(number)") }
        #expect(await pages.answer(method: "HEAD", path: "/page").body == "here")
    }
}

/// A site that counts how often it is asked.
private final class Site: HTTPSite {
    let endpoints = [HTTPEndpoint("/page", "a page")]
    let made = Mutex(0)
    private let why: String?

    init(notReadyReason: String?) {
        why = notReadyReason
    }

    func notReadyReason() async -> String? { why }

    func answer(_ path: String) async -> HTTPAnswer? {
        made.withLock { $0 += 1 }
        return path.hasPrefix("/page") ? HTTPAnswer(contentType: "text/plain", body: "here") : nil
    }
}
