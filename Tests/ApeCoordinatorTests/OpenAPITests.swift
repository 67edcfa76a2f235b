import ApeCore
import ApeHTTP
import Foundation
import Testing

@testable import ApeCoordinator

/// The description of the API says what there is.
struct OpenAPITests {
    @Test func everyEndpointOfTheAPIIsDescribedAndTheOtherWayRound() {
        let described = APIOperation.all.map { "\($0.method.rawValue) \($0.path)" }
        let served = CoordinatorSite.endpoints.filter { $0.path.hasPrefix("/api/") }
            .map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(described) == Set(served))
        #expect(described.count == Set(described).count)
        let paths = OpenAPI.document["paths"]?.object ?? [:]
        #expect(Set(paths.map(\.key)) == Set(APIOperation.all.map(\.path)))
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        let text = OpenAPI.document.text
        var rest = text[...]
        var count = 0
        while let found = rest.range(of: "\"$ref\":\"#/") {
            rest = rest[found.upperBound...]
            let path = rest.prefix { $0 != "\"" }.split(separator: "/")
            let target = path.reduce(OpenAPI.document as JSONValue?) { $0?[String($1)] }
            #expect(target != nil, "\(path)")
            count += 1
        }
        #expect(count > 50)
    }

    @Test func ordersNeedTheTokenAndReadersDoNot() {
        for operation in APIOperation.all {
            #expect((operation.json["security"] != nil) == (operation.method == .post), "\(operation.path)")
            #expect((operation.json["requestBody"] != nil) == (operation.method == .post))
        }
        #expect(Set(APIOperation.all.map(\.id)).count == APIOperation.all.count)
    }

    @Test func theDocumentationHoldsWhatIsServed() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.appending(path: "docs/openapi.json")
        let held = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        let isWritten = ProcessInfo.processInfo.environment["APE_WRITE_OPENAPI"] != nil
        if isWritten { try OpenAPI.document.prettyText.write(to: path, atomically: true, encoding: .utf8) }
        #expect(
            isWritten || held == OpenAPI.document.prettyText,
            "docs/openapi.json is old: run this test with APE_WRITE_OPENAPI=1"
        )
    }

    @Test(
        arguments: [
            ("stop", [:], RunCommand.stop), ("pause", [:], .pause), ("resume", [:], .resume),
            ("scale", ["agents": 50], .scale(50)), ("scale", ["agents": 1], .scale(1)), ("scale", ["agents": 0], nil),
            ("scale", [:], nil), ("scale", ["agents": "50"], nil), ("scale", ["agents": 50.5], nil),
            ("scale", ["agents": 9_999_999_999], nil), ("scale", ["agents": 50, "x": 1], nil),
            ("stop", ["a": .null], nil),
            ("start", [:], nil), ("", [:], nil),
        ] as [(String, JSONObject, RunCommand?)]
    )
    func aCommandIsWhatItIsOrNothing(name: String, arguments: JSONObject, expected: RunCommand?) {
        #expect((try? RunCommand(name, arguments)) == expected)
    }
}
