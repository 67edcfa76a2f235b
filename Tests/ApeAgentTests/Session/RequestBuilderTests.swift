import ApeCore
import ApeInference
import ApeTransfer
import Testing
import TransportKit

@testable import ApeAgent

@Suite struct RequestBuilderTests {
    private func builder(_ headers: [Scenario.Header] = []) -> RequestBuilder {
        var target = Scenario.shop.targets[0]
        target.headers = headers
        return RequestBuilder(targets: [
            PreparedTarget(
                target,
                index: 0,
                of: Scenario(name: "s", targets: [target], inference: nil, goals: []),
                gate: nil
            )
        ])
    }

    private func state() -> SessionState {
        var state = SessionState()
        state.set("username", "ada", .given)
        state.set("token", "t-123456", .found)
        state.set("order_id", "a b/c", .captured)
        state.set("location", "/api/orders/7?x=1", .captured)
        state.set("evil", "http://evil.example/x", .captured)
        state.set("evil_host", "//evil.example/x", .captured)
        state.set("script", "javascript:alert(1)", .captured)
        return state
    }

    private func build(_ draft: RequestDraft, _ headers: [Scenario.Header] = []) throws(ApeError) -> PlannedRequest {
        try builder(headers).build(draft, state: state(), seeksCopies: true)
    }

    private func reason(_ draft: RequestDraft) -> String {
        do throws(ApeError) {
            return "built: \(try build(draft).request.url)"
        } catch {
            return error.message
        }
    }

    private func draft(_ path: String, _ method: String = "GET") -> RequestDraft {
        RequestDraft(method: method, target: 0, path: path)
    }

    @Test func fillsTemplatesAndEncodesThem() throws {
        var draft = draft("/api/orders/{{order_id}}")
        draft.query = [StateValue(name: "q x", value: "{{username}}&c=d")]
        draft.headers = [StateValue(name: "X-Token", value: "Bearer {{token}}")]
        let planned = try build(draft)
        #expect(planned.request.url == "http://shop/api/orders/a%20b%2Fc?q%20x=ada%26c%3Dd")
        #expect(planned.route == "GET /api/orders/{id}" || planned.route == "GET (other)")
        #expect(planned.request.headers.contains { $0 == ("X-Token", "Bearer t-123456") })
        #expect(planned.sendsReceived)
        #expect(try build(self.draft("{{location}}")).request.url == "http://shop/api/orders/7?x=1")
        #expect(try build(self.draft("/api/products/p 1#x")).request.url == "http://shop/api/products/p%201%23x")
    }

    @Test func anEndpointSaysHowABodyGoesOut() throws {
        var target = Scenario.shop.targets[0]
        var login = Scenario.Endpoint(method: "POST", path: "/login/{realm}")
        login.bodyType = "application/x-www-form-urlencoded"
        target.endpoints.append(login)
        let builder = RequestBuilder(targets: [
            PreparedTarget(
                target,
                index: 0,
                of: Scenario(name: "s", targets: [target], inference: nil, goals: []),
                gate: nil
            )
        ])
        var draft = draft("/login/main?x=1", "POST")
        draft.body = ["user": "{{username}}", "n": 1]
        let form = try builder.build(draft, state: state(), seeksCopies: false).request
        #expect(form.body?.bytes == Array("user=ada&n=1".utf8))
        #expect(form.headers.contains { $0 == ("Content-Type", "application/x-www-form-urlencoded") })
        draft.headers = [StateValue(name: "Content-Type", value: "application/json")]
        let json = try builder.build(draft, state: state(), seeksCopies: false).request
        #expect(json.body?.bytes == Array(#"{"user":"ada","n":1}"#.utf8))
        #expect(json.headers.filter { $0.name == "Content-Type" }.count == 1)
    }

    @Test func namesRoutes() throws {
        #expect(try build(draft("/api/products/7?x=1")).route == "GET /api/products/{id}")
        #expect(try build(draft("/api/products", "POST")).route == "POST (other)")
        #expect(try build(draft("/nowhere")).route == "GET (other)")
    }

    @Test func knowsWhetherSomethingReceivedIsSent() throws {
        #expect(try !build(draft("/api/products/{{username}}")).sendsReceived)
        #expect(try build(draft("/api/products/t-123456")).sendsReceived)
        var copied = draft("/api/checkout", "POST")
        copied.body = ["csrf": "t-123456"]
        #expect(try build(copied).sendsReceived)
        copied.body = ["user": "ada"]
        #expect(try !build(copied).sendsReceived)
    }

    @Test func encodesBodies() throws {
        var draft = draft("/api/login", "POST")
        draft.body = ["user": "{{username}}", "n": [1, "{{token}}"]]
        var planned = try build(draft)
        #expect(planned.request.body?.bytes == Array(#"{"user":"ada","n":[1,"t-123456"]}"#.utf8))
        #expect(planned.request.headers.contains { $0 == ("Content-Type", "application/json") })
        draft.headers = [StateValue(name: "content-type", value: "application/x-www-form-urlencoded")]
        draft.body = ["user": "{{username}}", "p": "a&b", "n": 1]
        planned = try build(draft)
        #expect(planned.request.body?.bytes == Array("user=ada&p=a%26b&n=1".utf8))
        #expect(planned.request.headers.filter { $0.name.lowercased() == "content-type" }.count == 1)
        draft.headers = []
        draft.body = "plain {{username}}"
        #expect(try build(draft).request.body?.bytes == Array("plain ada".utf8))
    }

    @Test func leavesOutATargetsHeaderUntilItsValueIsKnown() throws {
        let headers = [
            Scenario.Header(name: "Authorization", value: "Bearer {{token}}"),
            Scenario.Header(name: "X-Later", value: "{{later}}"), Scenario.Header(name: "X-Own", value: "scenario"),
        ]
        var draft = draft("/")
        draft.headers = [StateValue(name: "x-own", value: "model")]
        let sent = try build(draft, headers).request.headers
        #expect(sent.contains { $0 == ("Authorization", "Bearer t-123456") })
        #expect(!sent.contains { $0.name == "X-Later" || $0.value == "scenario" })
    }

    @Test func letsNothingBreakOut() {
        #expect(reason(draft("/{{missing}}")).contains("no value for {{missing}}"))
        #expect(reason(draft("{{username}}")).contains("must begin with /"))
        #expect(reason(draft("{{evil}}")).contains("leads to http://evil.example, which is no target"))
        #expect(reason(draft("{{evil_host}}")).contains("leads to http://evil.example, which is no target"))
        #expect(reason(draft("/{{evil}}")).contains("leads to http://evil.example, which is no target"))
        #expect(reason(draft("{{script}}")).contains("is no address"))
        #expect(reason(draft("/a\r\nHost: evil")).contains("control character"))
        #expect(reason(draft("//evil/x")).contains("http://shop//evil/x"))
        #expect(reason(draft("/@evil")).contains("http://shop/@evil"))
        func header(_ name: String, _ value: String) -> String {
            var draft = draft("/")
            draft.headers = [StateValue(name: name, value: value)]
            return reason(draft)
        }
        #expect(header("X-A", "b\r\nX-B: c").contains("line break"))
        #expect(header("X-A\r\nX-B", "c").contains("no header name"))
        #expect(header("X A", "c").contains("no header name"))
        #expect(header("", "c").contains("no header name"))
        #expect(header("Host", "evil").contains("set by the agent"))
        #expect(header("Content-Length", "5").contains("set by the agent"))
        #expect(header("X-A", String(repeating: "a", count: 20_000)).contains("longer"))
        var large = draft("/api/login", "POST")
        large.body = .string(String(repeating: "a", count: RequestBuilder.maximumBodyBytes + 1))
        #expect(reason(large).contains("body is longer"))
        var query = draft("/")
        query.query = [StateValue(name: "q", value: String(repeating: "a", count: 9000))]
        #expect(reason(query).contains("longer"))
    }
}
