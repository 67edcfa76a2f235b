import Testing

@testable import ApeTransfer

/// Names, their addresses, and how clients spread over them.
struct NameTests {
    @Test(arguments: [
        ("http://shop.test/a", "shop.test", 80), ("https://Shop.Test", "shop.test", 443),
        ("http://shop.test:8080/a?b=c:d", "shop.test", 8080), ("HTTPS://a-b.c_d.test:1?x", "a-b.c_d.test", 1),
        ("http://shop.test#x", "shop.test", 80),
    ])
    func readsTheNameOfAURL(url: String, name: String, port: Int) {
        let host = HostName(url: url)
        #expect(host?.name == name && host?.port == port)
    }

    @Test(arguments: [
        "http://127.0.0.1:80/", "http://[::1]/", "http://localhost:1/", "http://a.localhost/", "http://user@shop.test/",
        "http://shop.test:x/", "http://", "http:///", "http://shöp.test/", "ftp",
        "http://shop.test:99999999999999999999/",
    ])
    func leavesTheRestToLibcurl(url: String) {
        #expect(HostName(url: url) == nil)
    }

    @Test func clientsTakeTurnsOnAddresses() {
        let addresses = [
            HostAddress(.ipv4, "10.0.0.2"), HostAddress(.ipv6, "fd00::1"), HostAddress(.ipv4, "10.0.0.1"),
            HostAddress(.ipv4, "10.0.0.3"),
        ]
        let first = (0..<4).map { HostAddress.order(addresses, for: $0).map(\.text) }
        #expect(first[0] == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1"])
        #expect(first[1] == ["10.0.0.2", "10.0.0.3", "10.0.0.1", "fd00::1"])
        #expect(first[2] == ["10.0.0.3", "10.0.0.1", "10.0.0.2", "fd00::1"])
        #expect(first[3] == first[0])
        #expect(HostAddress.order(addresses, for: -1).count == 4)
        #expect(HostAddress.order([], for: 7).isEmpty)
    }

    @Test func looksUpOnceAMinuteForAll() {
        let names = NameLookups()
        let address = HostAddress(.ipv4, "10.0.0.1")
        var started = 0
        func ask(_ seconds: Int64) -> NameLookups.Answer? {
            names.answer(for: "shop.test", now: seconds * 1_000_000) { started += 1 }
        }
        #expect(ask(0) == nil && ask(1) == nil && started == 1)
        names.take([address], for: "shop.test", now: 2_000_000)
        #expect(ask(3)?.addresses == [address] && ask(61)?.number == 1 && started == 1)
        // The old addresses serve until the new ones are there, and where none come.
        #expect(ask(62)?.addresses == [address] && ask(63)?.addresses == [address] && started == 2)
        names.take([], for: "shop.test", now: 64_000_000)
        #expect(ask(65)?.number == 1 && started == 2)
        _ = ask(200)
        names.take([HostAddress(.ipv4, "10.0.0.2")], for: "shop.test", now: 201_000_000)
        #expect(ask(201)?.number == 2 && ask(201)?.addresses.map(\.text) == ["10.0.0.2"])
    }

    @Test func aNameWithoutAddressesIsAskedForAgainAfterASecond() {
        let names = NameLookups()
        var started = 0
        _ = names.answer(for: "no.test", now: 0) { started += 1 }
        names.take([], for: "no.test", now: 0)
        #expect(names.answer(for: "no.test", now: 500_000) { started += 1 }?.addresses == [] && started == 1)
        #expect(names.answer(for: "no.test", now: 1_000_000) { started += 1 } == nil && started == 2)
    }

    @Test func aClientHandsItsAddressesToLibcurlOnce() throws {
        let share = ClientShare(.session, owner: 1)
        let name = try #require(HostName(url: "https://shop.test/"))
        var answer = NameLookups.Answer(
            number: 1,
            addresses: [HostAddress(.ipv6, "fd00::1"), HostAddress(.ipv4, "10.0.0.1")],
            atMicros: 0
        )
        #expect(share.entry(for: name, answer, client: 5) == "shop.test:443:[fd00::1],10.0.0.1")
        #expect(share.entry(for: name, answer, client: 5) == nil)
        answer.number = 2
        #expect(share.entry(for: name, answer, client: 5) != nil)
        answer.addresses = []
        answer.number = 3
        #expect(share.entry(for: name, answer, client: 5) == nil)
    }
}
