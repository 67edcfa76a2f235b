import ApeCore
import ApeTransfer
import Testing

@testable import ApeAgent

@Suite struct CaptureTests {
    private func response(
        _ status: Int = 200,
        _ headers: [(name: String, value: String)] = [],
        _ body: String = "",
        url: String = ""
    ) -> TransferResponse {
        TransferResponse(status: status, headers: TransferHeaders(headers), body: Array(body.utf8), url: url)
    }

    private func answer(_ response: TransferResponse, after earlier: [TransferResponse] = []) -> TargetAnswer {
        var response = response
        response.redirectedFrom = earlier
        return TargetAnswer(target: 0, method: "POST", path: "/login", response: response)
    }

    private func value(_ source: Capture.Source, _ response: TransferResponse, after earlier: [TransferResponse] = [])
        throws -> String?
    {
        var answer = answer(response, after: earlier)
        guard case .found(let value, _) = try PreparedCapture(Capture(name: "c", source: source)).look(into: &answer)
        else { return nil }
        return value
    }

    @Test(
        arguments: [
            (["session=z; Path=/; HttpOnly", "XSRF-TOKEN=abc%3D; Path=/"], "abc="),
            (["XSRF-TOKEN=a", "XSRF-TOKEN=b"], "b"), (["xsrf-token=a"], nil), (["XSRF-TOKEN"], nil),
            (["XSRF-TOKEN=a%3"], "a%3"), (["XSRF-TOKEN=%FF"], "%FF"), (["XSRF-TOKEN= a=b ; Secure"], "a=b"),
            (["XSRF-TOKEN=a; Max-Age=0"], nil),
            (["XSRF-TOKEN=a; max-age=-1; Expires=Fri, 01 Jan 2999 00:00:00 GMT"], nil),
            (["XSRF-TOKEN=a; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], "a"),
            (["XSRF-TOKEN=; Expires=Thu, 01-Jan-1970 00:00:01 GMT"], nil),
            (["XSRF-TOKEN=a; Expires=Thu, 01 Jan 2999 00:00:00 GMT"], "a"),
            (["XSRF-TOKEN=a; Expires=nonsense"], "a"),
            (["XSRF-TOKEN=a; Path=/", "XSRF-TOKEN=; Path=/; Max-Age=0"], nil),
            (["XSRF-TOKEN=; Path=/old; Max-Age=0", "XSRF-TOKEN=n; Path=/"], "n"),
            (["XSRF-TOKEN=n; Path=/", "XSRF-TOKEN=; Path=/old; Max-Age=0"], "n"),
        ] as [([String], String?)]
    )
    func takesTheValueOfACookie(lines: [String], expected: String?) throws {
        let answer = response(200, lines.map { ("Set-Cookie", $0) })
        #expect(try value(.cookie("XSRF-TOKEN"), answer) == expected)
    }

    @Test func judgesATimeByTheAnswersOwnDate() throws {
        let cookie = ("set-cookie", "c=a; Expires=Sun, 06 Nov 2022 08:49:37 GMT")
        #expect(try value(.cookie("c"), response(200, [cookie, ("Date", "Sun, 06 Nov 2022 08:49:36 GMT")])) == "a")
        #expect(try value(.cookie("c"), response(200, [cookie, ("Date", "Sun, 06 Nov 2022 08:49:37 GMT")])) == nil)
        #expect(try value(.cookie("c"), response(200, [cookie])) == "a")
    }

    @Test func looksAtTheAnswersThatRedirected() throws {
        let first = response(
            303,
            [("Location", "/a"), ("Set-Cookie", "c=1"), ("X-A", "1")],
            #"{"id":1,"only":"first"}"#
        )
        let second = response(302, [("Location", "/b"), ("Set-Cookie", "c=2"), ("Set-Cookie", "d=1")], #"{"id":2}"#)
        let last = response(200, [("Set-Cookie", "d=; Max-Age=0"), ("X-B", "3")], #"{"id":3}"#)
        let chain = [first, second]
        #expect(try value(.header("Location"), last, after: chain) == "/b")
        #expect(try value(.header("X-A"), last, after: chain) == "1")
        #expect(try value(.header("X-B"), last, after: chain) == "3")
        #expect(try value(.cookie("c"), last, after: chain) == "2")
        #expect(try value(.cookie("d"), last, after: chain) == nil)
        #expect(try value(.jsonPath("$.id"), last, after: chain) == "3")
        #expect(try value(.jsonPath("$.only"), last, after: chain) == "first")
        #expect(try value(.jsonPath("$.id"), response(200, [], "<html>"), after: chain) == "2")
        #expect(try value(.between(before: "only\":\"", after: "\""), last, after: chain) == "first")
    }

    @Test func keepsADigitsOfNumbers() throws {
        let body = #"{"id":18446744073709551615,"price":19.90,"list":[0.1000]}"#
        #expect(try value(.jsonPath("$.id"), response(200, [], body)) == "18446744073709551615")
        #expect(try value(.jsonPath("$.price"), response(200, [], body)) == "19.90")
        #expect(try value(.jsonPath("$.list"), response(200, [], body)) == "[0.1000]")
    }

    private func state(_ answer: TargetAnswer, _ captures: [Capture] = []) throws -> (SessionState, [String]) {
        var (state, answer) = (SessionState(), answer)
        let prepared = try captures.map { try PreparedCapture($0) }
        let names = state.take(&answer, captures: prepared).map(\.name)
        return (state, names)
    }

    @Test func everyLocationIsKnown() throws {
        let created = response(201, [("Location", "orders/17")], url: "http://shop/orders/")
        var (known, names) = try state(answer(created))
        #expect(known.value("location") == "orders/17" && names == ["location"])
        #expect(known.entry("location")?.url == "http://shop/orders/")
        let seen = response(303, [("Location", "/home")], url: "http://shop/login")
        (known, names) = try state(answer(response(200, url: "http://shop/home"), after: [seen]))
        #expect(known.value("location") == "/home" && names.isEmpty, "where a redirect led is not told")
        #expect(!known.isReceivedValueSent(path: "/home/x", texts: []))
        #expect(known.masked("GET /home was answered 500", with: SecretMask()) == "GET /home was answered 500")
        (known, _) = try state(answer(response(201, [("Location", "/reset?code=s3cret")])))
        #expect(known.masked("/reset?code=s3cret", with: SecretMask()) == "***")
    }

    @Test func aTokenOfACookieIsTheLastResort() throws {
        func token(_ headers: [(name: String, value: String)], _ body: String = "") throws -> String? {
            try state(answer(response(200, headers, body))).0.value("csrf_token")
        }
        #expect(try token([("Set-Cookie", "XSRF-TOKEN=a%3D; Path=/")]) == "a=")
        #expect(try token([("Set-Cookie", "csrftoken=d")]) == "d")
        #expect(try token([("Set-Cookie", "_csrf=secret")]) == nil)
        #expect(try token([("Set-Cookie", "csrftoken=; Max-Age=0")]) == nil)
        #expect(try token([("X-CSRF-Token", "h"), ("Set-Cookie", "csrftoken=d")]) == "h")
        #expect(try token([("Set-Cookie", "csrftoken=d")], #"{"csrfToken":"j"}"#) == "j")
        var (known, _) = try state(answer(response(200, [], #"{"csrf_token":"j"}"#)))
        var later = answer(response(200, [("Set-Cookie", "csrftoken=d")]))
        _ = known.take(&later, captures: [])
        #expect(known.value("csrf_token") == "j", "a cookie replaces nothing better")
    }

    @Test func saysWhyThereIsNoValue() throws {
        func reason(_ source: Capture.Source, _ answer: TargetAnswer) throws -> String {
            let (state, _) = try state(answer, [Capture(name: "first", source: source)])
            var values = TemplateValues(state: state)
            do throws(ApeError) {
                return try values.render("{{first}}")
            } catch {
                return error.message
            }
        }
        var long = response(200, [], #"{"items":[1"#)
        long.truncated = true
        long.bodyBytes = 343_917
        let place = "(the answer to POST /login)"
        #expect(
            try reason(.jsonPath("$.items[0]"), answer(long))
                == "there is no value for {{first}}: the body has 343917 bytes, of which limits.response_bytes kept 11 \(place)"
        )
        let (known, _) = try state(answer(long), [Capture(name: "first", source: .jsonPath("$.items[0]"))])
        let comparison = try PreparedComparison(.equals, "{{first}}")
        #expect(comparison.lack(known)?.hasPrefix("there is no value for {{first}}: the body has 343917 bytes") == true)
        #expect(try PreparedComparison(.equals, "{{other}}").lack(known) == "there is no value for {{other}}")
        let short = answer(response(200, [], "<html>"))
        #expect(try reason(.jsonPath("$.a"), short) == "there is no value for {{first}}: the body is not JSON \(place)")
        #expect(try reason(.header("X"), short) == "there is no value for {{first}}: there is no header X \(place)")
        #expect(try reason(.cookie("c"), short) == "there is no value for {{first}}: no cookie c is set \(place)")
        #expect(
            try reason(.jsonPath("$.a"), answer(response(200, [], "{}")))
                == "there is no value for {{first}}: $.a leads nowhere \(place)"
        )
        #expect(
            try reason(.between(before: "a", after: "b"), answer(long))
                == "there is no value for {{first}}: the body has 343917 bytes, of which limits.response_bytes kept 11 \(place)"
        )
    }
}
