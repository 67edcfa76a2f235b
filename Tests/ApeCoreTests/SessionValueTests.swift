import ApeCore
import Testing

@Suite struct SessionValueTests {
    private func goal(_ data: [[String: String]]) -> Goal {
        var goal = Goal(name: "g", mode: .script([]))
        goal.data = data
        return goal
    }

    @Test func everySessionHasItsNumbers() {
        var random = SeededRandom(seed: 1, agent: 7, session: 2)
        let values = goal([]).sessionValues(run: "r1", agent: 7, session: 2, random: &random)
        #expect(values.keys.sorted() == ["agent", "random", "run", "session"])
        #expect(values["run"] == "r1" && values["agent"] == "7" && values["session"] == "2")
        var again = SeededRandom(seed: 1, agent: 7, session: 2)
        #expect(goal([]).sessionValues(run: "r1", agent: 7, session: 2, random: &again) == values)
    }

    @Test func randomHasEightHexadecimalDigits() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<1_000 {
            let value = goal([]).sessionValues(run: "", agent: 0, session: 0, random: &random)["random"] ?? ""
            #expect(value.utf8.count == 8 && value.allSatisfy(\.isHexDigit))
        }
    }

    @Test func agentsTakeTheRowsInTurn() {
        let goal = goal([["user": "u{{agent}}-{{session}}", "agent": "x"], ["user": "{{ other }}"]])
        var random = SeededRandom(seed: 1)
        let users = (0..<4).map { goal.sessionValues(run: "r", agent: $0, session: 9, random: &random) }
        #expect(users.map { $0["user"] } == ["u0-9", "{{other}}", "u2-9", "{{other}}"])
        #expect(users[0]["agent"] == "0")
    }
}

@Suite struct BaseURLTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080", false, "127.0.0.1", 8080, ""),
        ("https://Shop.Example.com", true, "shop.example.com", 443, ""),
        ("HTTP://h/", false, "h", 80, ""), ("http://h:80/a/b/", false, "h", 80, "/a/b"),
        ("http://h/a//", false, "h", 80, "/a"),
        ("https://[::1]:8443/v1", true, "::1", 8443, "/v1"), ("http://[fe80::1]", false, "fe80::1", 80, ""),
        ("http://my_host-1.local:1/%20", false, "my_host-1.local", 1, "/%20"),
    ])
    func reads(text: String, isSecure: Bool, host: String, port: Int, path: String) throws {
        let url = try BaseURL(text)
        #expect(url.isSecure == isSecure)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.path == path)
        #expect(!url.text.hasSuffix("/") && text.hasPrefix(url.text))
        #expect(try BaseURL(url.text) == url)
    }

    @Test(arguments: [
        "", "h", "//h", "ftp://h", "http:/h", "http://", "http:///a", "http://:80", "http://h:", "http://h:0",
        "http://h:65536",
        "http://h:+80", "http://h:8a", "http://u@h", "http://u:p@h", "http://h?a", "http://h#a", "http://h/a b",
        "http://h/{a}",
        "http://[::1", "http://[]", "http://[h]", "http://[::1]x", "http://h\n", "http://hé", "http://a,b",
        "http://h/\\",
        "http://h:１", "http://" + String(repeating: "h", count: 300), "http://h/" + String(repeating: "a", count: 2048),
    ])
    func refuses(text: String) {
        #expect { try BaseURL(text) } throws: { ($0 as? ApeError)?.code == .scenario }
    }

    @Test(arguments: [
        ("200", 200...200), ("2xx", 200...299), ("5XX", 500...599), ("200-204", 200...204), ("100-599", 100...599),
    ])
    func readsStatuses(text: String, range: ClosedRange<Int>) throws {
        let pattern = try #require(StatusPattern(text))
        #expect(pattern.range == range)
        #expect(pattern.matches(range.lowerBound) && pattern.matches(range.upperBound))
        #expect(!pattern.matches(range.lowerBound - 1) && !pattern.matches(range.upperBound + 1))
        #expect(StatusPattern(pattern.text) == pattern)
    }

    @Test(arguments: [
        "", "20", "2000", "99", "600", "0xx", "6xx", "xx2", "2x", "+20", "-20", "200-", "-204", "204-200", "2xx-3xx",
        "200-201-202", " 200", "٢xx",
    ])
    func refusesStatuses(text: String) {
        #expect(StatusPattern(text) == nil)
    }
}
