import ApeCore
import ApeInference
import Testing

@testable import ApeAgent

@Suite struct BodyEncodingTests {
    private func sent(_ body: JSONValue, _ type: String? = nil) throws -> String {
        let body = try BodyEncoding(body, type: type)
        return "\(body.type) \(String(decoding: body.bytes, as: UTF8.self))"
    }

    @Test func sendsAFormAsServersReadIt() throws {
        let form = "application/x-www-form-urlencoded"
        let body: JSONValue = [
            "tag": ["a", "b", nil, 1], "user": ["name": "x&y", "roles": ["r", "s"], "none": nil], "empty": [],
            "no": nil,
            "ok": true, "lines": [["sku": "k", "n": 2], ["sku": "l"]], "file": ["content": "c"],
        ]
        #expect(
            try sent(body, form)
                == form + " tag=a&tag=b&tag=1&user%5Bname%5D=x%26y&user%5Broles%5D=r&user%5Broles%5D=s&ok=true"
                + "&lines%5B0%5D%5Bsku%5D=k&lines%5B0%5D%5Bn%5D=2&lines%5B1%5D%5Bsku%5D=l&file%5Bcontent%5D=c"
        )
        #expect(
            try sent(["p": JSONValue(parsing: "19.90")], "Application/X-WWW-Form-Urlencoded; charset=utf-8")
                .hasSuffix(" p=19.90")
        )
        #expect(try sent("a=1&b=%20", form) == form + " a=1&b=%20")
    }

    @Test func sendsTextsAsTheyStandAndAllElseAsJSON() throws {
        #expect(try sent("<a>1</a>", "application/xml") == "application/xml <a>1</a>")
        #expect(
            try sent("{\"a\":1}\n{\"a\":2}\n", "application/x-ndjson") == "application/x-ndjson {\"a\":1}\n{\"a\":2}\n"
        )
        #expect(try sent("plain") == "text/plain; charset=utf-8 plain")
        #expect(try sent(" {\"a\":1}") == "application/json  {\"a\":1}")
        #expect(try sent(5) == "application/json 5")
        #expect(try sent(true) == "application/json true")
        #expect(try sent([1, "a"]) == "application/json [1,\"a\"]")
        let exact = try JSONValue(parsing: "{\"id\":18446744073709551615,\"p\":19.90,\"x\":1e400}")
        #expect(try sent(exact) == "application/json {\"id\":18446744073709551615,\"p\":19.90,\"x\":1e400}")
        #expect(try sent(["a": 1], "application/vnd.api+json") == "application/vnd.api+json {\"a\":1}")
    }

    @Test func sendsFilesInAMultipartForm() throws {
        let body: JSONValue = [
            "title": "a \"b\"", "tag": ["x", 2], "none": nil, "user": ["name": "ada"],
            "up\"\r\n": ["content": "hello", "filename": "a\"\n.txt"],
            "raw": ["base64": "AP8=", "type": "image/png"],
        ]
        let multipart = try BodyEncoding(body, type: "multipart/form-data; boundary=mine")
        let boundary = "----ape-form-boundary-1"
        #expect(multipart.type == "multipart/form-data; boundary=\(boundary)")
        func part(_ name: String, _ rest: String) -> String {
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\(rest)\r\n"
        }
        let text =
            part("title", "\r\n\r\na \"b\"") + part("tag", "\r\n\r\nx") + part("tag", "\r\n\r\n2")
            + part("user[name]", "\r\n\r\nada")
            + part("up%22%0D%0A", "; filename=\"a%22%0A.txt\"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello")
        let raw = Array(part("raw", "; filename=\"raw\"\r\nContent-Type: image/png\r\n\r\n").utf8.dropLast(2))
        #expect(multipart.bytes == Array(text.utf8) + raw + [0x00, 0xFF] + Array("\r\n--\(boundary)--\r\n".utf8))
        let clash = try BodyEncoding(["a": ["content": "x----ape-form-boundary-1x"]], type: "multipart/form-data")
        #expect(clash.type == "multipart/form-data; boundary=----ape-form-boundary-2")
    }

    @Test(
        arguments: [
            (["file": "/etc/passwd"], "the part f cannot be sent: no file can be named here; give its `content`"),
            (["content": "x", "file": "/etc/passwd"], "the part f cannot be sent: no file can be named here"),
            (["base64": "A"], "the part f cannot be sent: its `base64` is no Base64"),
            (["base64": 7], "its `base64` is no Base64"), (["content": ["a"]], "its `content` must be a text"),
            (["content": "x", "type": "a/b\r\nX: y"], "its `type` is no media type"),
        ] as [(JSONValue, String)]
    )
    func refusesWhatIsNoFile(file: JSONValue, says: String) {
        #expect {
            try BodyEncoding(["f": file], type: "multipart/form-data")
        } throws: {
            ($0 as? ApeError)?.code == .invalidCall && "\($0)".contains(says)
        }
    }

    @Test(arguments: [
        ("/search?q=50%", "/search?q=50%25"), ("/search?q=100%% cotton", "/search?q=100%25%25%20cotton"),
        ("/a%2Fb", "/a%2Fb"), ("/%4", "/%254"), ("/%zz%41", "/%25zz%41"), ("/%", "/%25"), ("/é%C3%A9", "/%C3%A9%C3%A9"),
    ])
    func encodesAPercentSignThatBeginsNoEscape(path: String, encoded: String) {
        #expect(PercentEncoding.path(path) == encoded)
        #expect(PercentEncoding.path(encoded) == encoded)
    }
}
