import ApeCore
import Testing

@Suite struct HostPortTests {
    @Test(arguments: [
        ("10.0.0.5:9000", "10.0.0.5", 9000), ("[::1]:9000", "::1", 9000), ("host", "host", 9464),
        ("[fe80::1]", "fe80::1", 9464), ("[fe80::1%eth0]:1", "fe80::1%eth0", 1), (":0", "0.0.0.0", 0),
        ("ape_coordinator:07", "ape_coordinator", 7), ("Rack-7.Example.COM", "Rack-7.Example.COM", 9464),
    ])
    func readsWhereACoordinatorIs(text: String, host: String, port: Int) throws {
        #expect(try HostPort(coordinator: text) == HostPort(host: host, port: port))
    }

    @Test(arguments: [
        "", "host:", "host:70000", "host:-1", "host:+1", "::1:9000", "[::1", "[::1]9000", "[]:1", "[host]:1", "a b:1",
        "host:port", "é:1", "host:１", "[fe80::1%]:1", "http://h:1", String(repeating: "h", count: 254),
    ])
    func refusesWhatIsNoAddress(text: String) {
        let error = #expect(throws: ApeError.self) { try HostPort(coordinator: text) }
        #expect(error?.code == .usage)
        #expect(
            error?.message.hasSuffix("is not an address; write host:port, such as 10.0.0.5:9464 or [::1]:9464") == true
        )
    }

    @Test(arguments: ["127.0.0.1:0", "localhost:80", "[::1]:8081", "10.0.0.1:9", "shop.example:1"])
    func writesWhatItReads(text: String) throws {
        #expect(try HostPort(text).description == text)
        #expect(try HostPort(text).url == "http://" + text)
    }

    /// Where no port is usual, both must be written.
    @Test(arguments: [":80", "127.0.0.1", "[::1]", "h:"])
    func asksForBoth(text: String) {
        let error = #expect(throws: ApeError.self) { try HostPort(text) }
        #expect(error?.message == "\"\(text)\" is not an address; write host:port, such as 10.0.0.5:8080 or [::1]:8080")
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("localhost", true), ("LocalHost", true),
        ("0.0.0.0", false), ("10.0.0.1", false), ("127.0.0.1.example.com", false), ("127.example.com", false),
        ("127.0.1", false), ("localhost.example.com", false),
    ])
    func knowsLoopback(host: String, expected: Bool) {
        #expect(HostPort(host: host, port: 1).isLoopback == expected)
    }
}
