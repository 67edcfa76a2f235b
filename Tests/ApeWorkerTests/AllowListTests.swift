import ApeCore
import Testing

@testable import ApeWorker

struct AllowListTests {
    @Test func allowsOnlyThisMachineByDefault() throws {
        let list = try AllowList(parsing: [])
        #expect(list.allows(host: "localhost", port: 80, address: IPAddress("127.0.0.1")))
        #expect(list.allows(host: "127.3.2.1", port: 80, address: nil))
        #expect(list.allows(host: "::1", port: 80, address: IPAddress("::1")))
        #expect(!list.allows(host: "localhost", port: 80, address: IPAddress("10.0.0.1")))
        #expect(!list.allows(host: "localhost", port: 80, address: nil))
        #expect(!list.allows(host: "10.0.0.1", port: 80, address: IPAddress("10.0.0.1")))
    }

    @Test(arguments: [
        (["shop.example.com"], "SHOP.example.com", 443, "203.0.113.9", true),
        (["shop.example.com"], "evil.example.com", 443, "203.0.113.9", false),
        (["shop.example.com:8443"], "shop.example.com", 443, "203.0.113.9", false),
        (["shop.example.com:8443"], "shop.example.com", 8443, "203.0.113.9", true),
        (["*.example.com"], "a.b.example.com", 443, "203.0.113.9", true),
        (["*.example.com"], "example.com", 443, "203.0.113.9", false),
        (["*.example.com"], "badexample.com", 443, "203.0.113.9", false),
        (["10.0.0.0/8"], "anything", 443, "10.255.1.2", true),
        (["10.0.0.0/8"], "anything", 443, "11.0.0.1", false),
        (["10.0.0.0/8"], "10.0.0.1", 443, "192.0.2.1", false),
        (["10.0.0.5:8080"], "app", 8080, "10.0.0.5", true),
        (["10.0.0.5:8080"], "app", 8081, "10.0.0.5", false),
        (["fd00::/8"], "app", 80, "fd12::1", true),
        (["[fd12::1]:80"], "app", 80, "fd12::1", true),
        (["[fd12::1]:80"], "app", 81, "fd12::1", false),
        (["10.0.0.0/8"], "app", 80, "::ffff:10.0.0.1", true),
        (["0.0.0.0/0"], "app", 80, "198.51.100.7", true),
        (["0.0.0.0/0"], "app", 80, "fd12::1", false),
    ])
    func judges(_ rules: [String], _ host: String, _ port: Int, _ address: String, _ allowed: Bool) throws {
        let list = try AllowList(parsing: rules)
        #expect(list.allows(host: host, port: port, address: IPAddress(address)) == allowed)
    }

    /// Who answers for a name's DNS must not be able to turn a worker against its own host or its cloud.
    @Test(arguments: [
        (["shop.example.com"], "shop.example.com", "127.0.0.1", false),
        (["shop.example.com"], "shop.example.com", "127.8.8.8", false),
        (["shop.example.com"], "shop.example.com", "::1", false),
        (["shop.example.com"], "shop.example.com", "::ffff:127.0.0.1", false),
        (["shop.example.com"], "shop.example.com", "::127.0.0.1", false),
        (["shop.example.com"], "shop.example.com", "0.0.0.0", false),
        (["shop.example.com"], "shop.example.com", "::", false),
        (["shop.example.com"], "shop.example.com", "169.254.169.254", false),
        (["shop.example.com"], "shop.example.com", "fe80::1", false),
        (["shop.example.com"], "shop.example.com", "febf::1", false),
        (["shop.example.com"], "shop.example.com", "224.0.0.1", false),
        (["shop.example.com"], "shop.example.com", "255.255.255.255", false),
        (["shop.example.com"], "shop.example.com", "ff02::1", false),
        (["*.example.com"], "shop.example.com", "127.0.0.1", false),
        (["shop.example.com"], "shop.example.com", "10.0.0.1", true),
        (["shop.example.com"], "shop.example.com.", "10.0.0.1", true),
        (["shop.example.com"], "shop.example.com", "fec0::1", true),
        (["shop.example.com", "127.0.0.0/8"], "shop.example.com", "127.0.0.1", true),
        (["shop.example.com", "169.254.169.254"], "shop.example.com", "169.254.169.254", true),
        (["localhost"], "localhost", "127.0.0.1", true),
        (["localhost"], "localhost", "::1", true),
        (["localhost"], "localhost", "169.254.169.254", false),
        (["localhost"], "localhost.example.com", "127.0.0.1", false),
    ])
    func aNameReachesNoLocalAddress(_ rules: [String], _ host: String, _ address: String, _ allowed: Bool) throws {
        let list = try AllowList(parsing: rules)
        #expect(list.allows(host: host, port: 80, address: IPAddress(address)) == allowed)
    }

    @Test(arguments: [
        "", "*.", "a b", "10.0.0.0/33", "host:99999", "host:", "[::1", "[::1]x", "http://host", "*", "ä.de",
    ])
    func refuses(_ text: String) {
        let error = #expect(throws: ApeError.self) { try AllowList(parsing: [text]) }
        #expect(error?.code == .usage)
        #expect(error?.message.contains("\"\(text)\"") == true)
    }
}
