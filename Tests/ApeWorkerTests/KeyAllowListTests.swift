import ApeCore
import ApeScenario
import Testing

@testable import ApeWorker

@Suite struct KeyAllowListTests {
    private func scenario(key: String = "", target: String = "") throws -> Scenario {
        let yaml = """
            targets: {shop: {url: "http://shop.example", endpoints: [GET /a]\(target)}}
            inference: {url: "http://llm.example/v1", model: m\(key)}
            goals: {look: {script: [GET /a]}}
            """
        return try Scenario.read(Array(yaml.utf8), file: "s.yml") { _ in [] }.scenario
    }

    @Test func aScenarioGetsNothingUnlessItIsLent() throws {
        try KeyAllowList.none.check(try scenario())
        let refusals = [
            (", api_key_env: AWS_SECRET", "", "--allow-key-env=AWS_SECRET"),
            (", api_key_file: /etc/shadow", "", "--allow-key-file=/etc/shadow"),
            ("", ", client_certificate: /c.pem, client_key: /k.pem", "--allow-key-file=/k.pem"),
            ("", ", client_certificate: /c.pem", "--allow-key-file=/c.pem"),
        ]
        for (key, target, flag) in refusals {
            let scenario = try scenario(key: key, target: target)
            let refusal = #expect(throws: ApeError.self) { try KeyAllowList.none.check(scenario) }
            #expect(refusal?.code.rawValue == "not_allowed")
            #expect(refusal?.message.hasSuffix("start it with \(flag)") == true, "\(refusal?.message ?? "")")
        }
    }

    @Test(arguments: [
        ("SHOP_KEY", true), ("SHOP_", false), ("OPENAI_API_KEY", true), ("OPENAI_API_KEY_2", false),
        ("shop_key", false),
        ("HOME", false),
    ])
    func variablesAreLentByNameOrBeginning(name: String, isLent: Bool) throws {
        let list = try KeyAllowList(variables: ["OPENAI_API_KEY,SHOP_*"], files: [])
        let scenario = try scenario(key: ", api_key_env: \(name)")
        #expect(((try? list.check(scenario)) != nil) == isLent)
    }

    @Test(arguments: [
        ("/etc/ape/key", true), ("/etc/ape/keys/shop", true), ("/etc/ape/keys/", false), ("/etc/ape/keys/a/b", false),
        ("/etc/ape/keys/../shadow", false), ("/etc/ape/keys/..", false), ("etc/ape/key", false),
        ("/etc/ape/key2", false),
    ])
    func filesAreLentByPathOrDirectory(path: String, isLent: Bool) throws {
        let list = try KeyAllowList(variables: [], files: ["/etc/ape/key", "/etc/ape/keys/*"])
        let scenario = try scenario(key: ", api_key_file: \(path)")
        #expect(((try? list.check(scenario)) != nil) == isLent)
    }

    @Test(arguments: ["", "*", "A,", "A B", "1A", "A*B", "A=secret", "sk-proj-1"])
    func aVariableThatIsNoneIsTold(text: String) {
        let error = #expect(throws: ApeError.self) { try KeyAllowList(variables: [text], files: []) }
        #expect(error?.code == .usage)
    }

    @Test(arguments: ["", "*", "/etc/k*", "/etc/../*", "/a/*/b"])
    func aPathThatIsNoneIsTold(text: String) {
        #expect(throws: ApeError.self) { try KeyAllowList(variables: [], files: [text]) }
    }
}
