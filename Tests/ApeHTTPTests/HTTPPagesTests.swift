import ApeCore
import Synchronization
import Testing

@testable import ApeHTTP

/// What a program answers, without a socket.
struct HTTPPagesTests {
    @Test func saysThatItIsStartingUntilThereIsASite() async {
        let pages = HTTPPages(program: "ape-test")
        #expect(await pages.answer(HTTPRequest(path: "/healthz")).status == 200)
        for path in ["/readyz", "/metrics", "/"] {
            #expect(await pages.answer(HTTPRequest(path: path)).status == 503)
        }
    }

    @Test func isReadyWhenItsSiteIs() async {
        let pages = HTTPPages(program: "ape-test")
        pages.show(Site(notReadyReason: nil))
        #expect(await pages.answer(HTTPRequest(path: "/readyz")).text == "{\"status\":\"ready\"}\n")
        pages.show(Site(notReadyReason: "no workers"))
        let answer = await pages.answer(HTTPRequest(path: "/readyz"))
        #expect(answer.status == 503)
        #expect(answer.text?.contains("no workers") == true)
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", ""])
    func takesNoOrdersWhereAPageTakesNone(method: String) async throws {
        let pages = HTTPPages(program: "ape-test")
        pages.show(Site(notReadyReason: nil))
        for path in ["/page", "/healthz"] {
            let answer = try #require(pages.refusal(of: method, path))
            #expect(answer.status == 405)
            #expect(answer.headers.first { $0.name == "Allow" }?.value == "GET, HEAD")
            #expect(try error(answer) == "method_not_allowed")
        }
        #expect(pages.refusal(of: method, "/nowhere")?.status == (method == "POST" ? 404 : 405))
    }

    @Test func aPageOfOrdersTakesNothingElse() throws {
        let pages = HTTPPages(program: "ape-test")
        pages.show(Site(notReadyReason: nil))
        #expect(pages.refusal(of: "POST", "/runs/7/stop") == nil)
        for method in ["GET", "HEAD", "DELETE"] {
            let answer = try #require(pages.refusal(of: method, "/runs/7/stop"))
            #expect(answer.status == 405)
            #expect(answer.headers.first { $0.name == "Allow" }?.value == "POST")
        }
        for path in ["/runs//stop", "/runs/7/stop/", "/runs/7/8/stop", "//runs/7/stop", "runs/7/stop"] {
            #expect(pages.refusal(of: "POST", path)?.status == 404, "\(path)")
        }
    }

    private func error(_ answer: HTTPAnswer) throws -> String? {
        try JSONValue(parsing: answer.text ?? "")["error"]?["code"]?.string
    }

    @Test func anUnknownPageIsToldAsJSON() async throws {
        let pages = HTTPPages(program: "ape-test")
        pages.show(Site(notReadyReason: nil))
        let answer = await pages.answer(HTTPRequest(path: "/nowhere"))
        #expect(answer.status == 404)
        #expect(try error(answer) == "not_found")
    }

    @Test func theIndexListsEveryPage() async {
        let pages = HTTPPages(program: "ape-test")
        pages.show(Site(notReadyReason: nil))
        let answer = await pages.answer(HTTPRequest(path: "/"))
        for endpoint in HTTPEndpoint.common + Site(notReadyReason: nil).endpoints {
            let line = "\(endpoint.method.rawValue) \(endpoint.path)  \(endpoint.summary)\n"
            #expect(answer.text?.contains(line) == true)
        }
    }

    @Test func manyReadersOfOnePageCostOneMaking() async {
        let pages = HTTPPages(program: "ape-test")
        let site = Site(notReadyReason: nil)
        pages.show(site)
        for _ in 0..<20 { _ = await pages.answer(HTTPRequest(path: "/page")) }
        #expect(site.made.withLock { $0 } < 20)
        // Pages that are never the same again are not kept.
        for number in 0..<100 { _ = await pages.answer(HTTPRequest(path: "/page/\(number)")) }
        #expect(await pages.answer(HTTPRequest(path: "/page")).text == "here")
    }

    @Test func whoMayControlSeesThePageAsItIsNow() async {
        let pages = HTTPPages(program: "ape-test")
        let site = Site(notReadyReason: nil)
        pages.show(site)
        for _ in 0..<5 { _ = await pages.answer(HTTPRequest(path: "/page", mayControl: true)) }
        #expect(site.made.withLock { $0 } == 5)
        for number in 0..<3 { _ = await pages.answer(HTTPRequest(path: "/page", query: ["q": "\(number)"])) }
        for _ in 0..<3 { _ = await pages.answer(HTTPRequest(method: "POST", path: "/page")) }
        #expect(site.made.withLock { $0 } == 11)
    }
}

/// A site that counts how often it is asked.
private final class Site: HTTPSite {
    let endpoints = [HTTPEndpoint("/page", "a page"), HTTPEndpoint(.post, "/runs/{id}/stop", "an order")]
    let made = Mutex(0)
    private let why: String?

    init(notReadyReason: String?) {
        why = notReadyReason
    }

    func notReadyReason() async -> String? { why }

    func answer(_ request: HTTPRequest) async -> HTTPAnswer? {
        made.withLock { $0 += 1 }
        return request.path.hasPrefix("/page") ? HTTPAnswer(contentType: "text/plain", body: "here") : nil
    }
}
