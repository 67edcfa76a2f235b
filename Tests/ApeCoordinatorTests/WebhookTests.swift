import ApeCore
import Testing

@testable import ApeCoordinator

@Suite struct WebhookTests {
    /// The vector that the libraries of Standard Webhooks are tested with.
    @Test func theSignatureIsThatOfStandardWebhooks() throws {
        let body = Array(#"{"test": 2432232314}"#.utf8)
        for text in ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            let secret = try WebhookSecret(text, givenBy: "a test")
            #expect(
                secret.signature(of: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330, body)
                    == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
            )
        }
    }

    @Test(arguments: ["", "whsec_", "hunter2hunter2hunter2", "whsec_c2hvcnQ=", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"])
    func aWeakSecretIsRefusedAndNotRepeated(text: String) {
        let error = #expect(throws: ApeError.self) { try WebhookSecret(text, givenBy: "APE_NOTIFY_SECRET") }
        #expect(error?.exitCode == .usage)
        #expect(error?.message.hasPrefix("APE_NOTIFY_SECRET: the secret is not Base64 of 24 to 64 bytes") == true)
        #expect(text.count < 10 || error?.message.contains(text) == false)
    }

    @Test func ofAPlaceOnlySchemeHostAndPortAreShown() throws {
        let chat = try Webhook("https://chat.example/v1/spaces/AAA/messages?key=k&token=t", givenBy: "--notify")
        #expect(chat.place == "https://chat.example")
        #expect(chat.url == "https://chat.example/v1/spaces/AAA/messages?key=k&token=t")
        #expect(try Webhook("http://[::1]:8080/", givenBy: "--notify").place == "http://[::1]:8080")
    }

    @Test(arguments: [
        "hooks.example/x", "ftp://hooks.example/x", "https://user:hunter2@hooks.example/x",
        "https://hooks.example/x?a b",
        "https://hooks.example/x?a#b", "https://hooks.example/x\r\nX-Evil: 1", "",
    ])
    func whatIsNoURLIsRefusedAndNotRepeated(url: String) {
        let error = #expect(throws: ApeError.self) { try Webhook(url, givenBy: "--notify") }
        #expect(error?.exitCode == .usage)
        #expect(error?.message.hasPrefix("--notify ") == true)
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test func theEnvironmentNamesPlacesToo() throws {
        func settings(_ urls: [String], _ environment: [String: String]) throws -> NoticeSettings? {
            try NoticeSettings(urls: urls, chats: [], secretFile: nil, environment: environment)
        }
        #expect(try settings([], [:]) == nil)
        #expect(try settings([], ["APE_NOTIFY": "", "CI_JOB_URL": "https://ci/1"]) == nil)
        let both = try settings(
            ["https://a.example/1"],
            [
                "APE_NOTIFY": " https://b.example/2\nhttps://a.example/1 ", "APE_NOTIFY_CHAT": "https://c.example/3",
                "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "7",
            ]
        )
        #expect(both?.webhooks.map(\.url) == ["https://a.example/1", "https://b.example/2", "https://c.example/3"])
        #expect(both?.webhooks.map(\.form) == [.event, .event, .chat])
        #expect(both?.secret == nil)
        #expect(both?.job == "https://github.com/o/r/actions/runs/7")
        let error = #expect(throws: ApeError.self) { try settings([], ["APE_NOTIFY": "nowhere"]) }
        #expect(error?.message.hasPrefix("APE_NOTIFY ") == true)
    }
}
