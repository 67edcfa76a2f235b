import ApeCore
import Testing

struct ProxyURLTests {
    @Test(arguments: [
        ("http://10.0.0.9:3128", "http://10.0.0.9:3128"), ("http://proxy:3128/", "http://proxy:3128"),
        ("proxy:3128", "proxy:3128"), ("proxy", "proxy"), ("SOCKS5H://p:1080", "SOCKS5H://p:1080"),
        ("https://[::1]:8/x", "https://[::1]:8"),
    ])
    func isReadInTheFormsThatLibcurlTakes(text: String, url: String) throws {
        #expect(try ProxyURL(text).text == url)
    }

    @Test(arguments: [
        "", "http://", "ftp://p:1", "http://p:99999", "http://p:0", "http://p q:1", "http://::1:3128", "p\u{0}:1",
        String(repeating: "p", count: 2049), "http://p:3128?x", "http://p\r\nHost: x",
    ])
    func otherTextsAreRefused(text: String) {
        #expect(throws: ApeError.self) { try ProxyURL(text) }
    }

    @Test(arguments: ["http://me:hunter2@p:3128", "me:hunter2@p:3128", "socks5://me@p", "me:hunter2@p/a@b"])
    func credentialsAreRefusedAndNotRepeated(text: String) {
        let error = #expect(throws: ApeError.self) { try ProxyURL(text) }
        #expect(error?.message.contains("http_proxy") == true)
        #expect(error?.message.contains("hunter2") == false)
    }
}
