import ApeCore
import ApeScenario
import ApeTransfer
import ArgumentParser
import Testing

@testable import ApeCLI

/// The scenario that `ape-test init` writes.
@Suite struct ScenarioDraftTests {
    private func read(_ draft: ScenarioDraft) throws -> ReadScenario {
        try Scenario.read(Array(draft.yaml(file: "ape.yml").utf8), file: "ape.yml") { path in
            guard path == "openapi.json" else { throw ApeError(.file, "no \(path)") }
            return Array(#"{"openapi": "3.1.0", "paths": {"/api/checkout": {"post": {}}}}"#.utf8)
        }
    }

    private let plain = ScenarioDraft(
        target: "https://shop.example.com/v2",
        inference: "http://127.0.0.1:8081/v1",
        model: "demo",
        goals: [.init(prompt: "Buy two headphones.", proof: "POST /api/checkout")]
    )

    @Test func saysWhatWasAnswered() throws {
        var draft = plain
        draft.openapi = "openapi.json"
        draft.apiKeyEnv = "MODEL_KEY"
        draft.api = .messages
        draft.toolMode = .json
        draft.goals.append(.init(prompt: "Look around.", proof: nil))
        let scenario = try read(draft).scenario
        #expect(scenario.name == "shop.example.com")
        #expect(scenario.targets.map(\.baseURL) == ["https://shop.example.com/v2"])
        #expect(scenario.targets[0].endpoints.map(\.path) == ["/api/checkout"])
        #expect(scenario.inference?.apiKey == .environment(name: "MODEL_KEY"))
        #expect(scenario.inference?.api == .messages)
        #expect(scenario.inference?.toolMode == .json)
        #expect(scenario.goals.map(\.name) == ["goal_1", "goal_2"])
        #expect(scenario.goals[0].success.map(\.path) == ["/api/checkout"])
        #expect(draft.unproven == ["goal_2"])
        #expect(draft.yaml(file: "ape.yml").contains("--allow-target shop.example.com\n"))
    }

    /// What stands in comments has to be right too once it is taken in.
    @Test func showsCommentsThatHold() throws {
        let text = plain.yaml(file: "ape.yml").split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                let isKey = line.firstMatch(of: #/^ *# ([a-z_]+:|  +[A-Z-]|  - )/#) != nil
                return isKey ? String(line.replacing("# ", with: "", maxReplacements: 1)) : String(line)
            }
            .joined(separator: "\n")
        let read = try Scenario.read(Array(text.utf8), file: "ape.yml") { _ in [] }
        #expect(read.scenario.plan?.stages.count == 2)
        #expect(read.scenario.targets[0].headers.map(\.name) == ["Authorization"])
        #expect(read.scenario.targets[0].endpoints.count == 2)
        #expect(read.scenario.goals[0].data.count == 1)
        #expect(read.scenario.goals[0].success[0].json.count == 1)
        #expect(read.scenario.inference?.requestsPerMinute == 600)
        #expect(read.scenario.inference?.apiKey == .environment(name: "MODEL_API_KEY"))
    }

    @Test(arguments: [
        "a: b # c", "\"quoted\" 'and' `more`", "first\n  second\n\tthird", "- list\n- of: things", "ends in \\",
        "é ☃ 🙂",
        "&anchor *alias !tag %dir @at", "{{username}} {not: a map} [nor, a list]", "yes", "007", "null",
        "\u{1}\u{7F}\u{85}\u{2028}\u{2029}x",
    ])
    func keepsEveryTextAsItIs(_ text: String) throws {
        var draft = plain
        draft.goals[0].prompt = text
        draft.model = text.filter { !$0.isNewline }
        let scenario = try read(draft).scenario
        #expect(scenario.goals.map(\.mode) == [.prompt(text)])
        #expect(scenario.inference?.model == draft.model)
    }

    @Test(arguments: ["", "POST", "POST checkout", "BREW /coffee", "POST /a /b"])
    func refusesWhatIsNoRequest(_ text: String) {
        #expect(throws: ApeError.self) { try Interview.request(text) }
    }

    @Test func readsARequest() throws {
        #expect(try Interview.request("  post   /api/{id} ") == "POST /api/{id}")
    }
}

/// The questions, with answers that were written down before.
@Suite struct InterviewTests {
    /// What a user types and is shown.
    private final class Terminal {
        var lines: [String]
        var shown = ""

        init(_ lines: [String]) { self.lines = lines }
    }

    private func draft(
        _ arguments: [String] = [],
        typing lines: [String]? = nil
    ) async throws -> (draft: ScenarioDraft, shown: String) {
        let terminal = Terminal(lines ?? [])
        let reactor = Reactor(name: "interview")
        defer { reactor.shutdown() }
        let interview = Interview(
            flags: try InitFlags.parse(arguments),
            output: "ape.yml",
            wizard: Wizard(
                readLine: { terminal.lines.isEmpty ? nil : terminal.lines.removeFirst() },
                say: { terminal.shown += $0.string },
                isInteractive: lines != nil
            ),
            checks: InitChecks(isOffline: true, reactor: reactor)
        )
        return (try await interview.draft().0, terminal.shown)
    }

    private let flags = [
        "--target", "http://127.0.0.1:1/", "--inference", "http://127.0.0.1:2/v1", "--model", "m", "--goal", "Buy.",
        "--proof", "POST /buy",
    ]

    @Test func takesAllFromFlagsWithoutATerminal() async throws {
        let draft = try await draft(flags + ["--api-key-env", "KEY"]).draft
        #expect(
            draft
                == ScenarioDraft(
                    target: "http://127.0.0.1:1",
                    inference: "http://127.0.0.1:2/v1",
                    model: "m",
                    apiKeyEnv: "KEY",
                    goals: [.init(prompt: "Buy.", proof: "POST /buy")]
                )
        )
    }

    @Test(arguments: ["--target", "--inference", "--model", "--goal"])
    func namesTheFlagThatIsMissing(_ flag: String) async throws {
        var arguments = flags
        let place = try #require(arguments.firstIndex(of: flag))
        arguments.removeSubrange(place...place + 1)
        if flag == "--goal" { arguments.removeLast(2) }
        let error = await #expect(throws: ApeError.self) { try await draft(arguments) }
        #expect(error?.message.contains(flag) == true)
        #expect(error?.exitCode == .usage)
    }

    @Test func asksUntilTheAnswerIsGood() async throws {
        let typed = [
            "", "shop.example.com", "https://shop.example.com", "/no/such/file",
            "/dev/null", "", "ftp://model", "http://127.0.0.1:2/v1", "m",
            "sk-secret!",
            "MODEL_KEY", "Buy.", "POST", "POST /buy", "Look.", "", "",
        ]
        let (draft, shown) = try await draft(typing: typed)
        #expect(draft.target == "https://shop.example.com")
        #expect(draft.apiKeyEnv == "MODEL_KEY")
        #expect(draft.goals == [.init(prompt: "Buy.", proof: "POST /buy"), .init(prompt: "Look.", proof: nil)])
        #expect(shown.contains("must be a URL such as"))
        #expect(shown.contains("Cannot read /no/such/file"))
        #expect(shown.contains("/dev/null: the file is empty"))
        #expect(shown.contains("must be a method and a path"))
        #expect(!shown.contains("sk-secret"))
    }

    @Test func asksOnlyForWhatFlagsLeaveOut() async throws {
        let (draft, shown) = try await draft(
            ["--target", "http://127.0.0.1:1", "--openapi", "", "--api-key-env", "", "--goal", "Buy."],
            typing: ["http://127.0.0.1:2", "m"]
        )
        #expect(draft.model == "m")
        #expect(shown.split(separator: ":").count < 6, "\(shown)")
    }

    @Test func endsWhereTheAnswersEnd() async throws {
        let error = await #expect(throws: ApeError.self) { try await draft(typing: ["http://127.0.0.1:1"]) }
        #expect(error?.message.contains("nothing was written") == true)
    }

    @Test func neverRepeatsWhatMayBeAKey() async throws {
        let error = await #expect(throws: ApeError.self) { try await draft(flags + ["--api-key-env", "sk-secret"]) }
        #expect(error?.description.contains("sk-secret") == false)
    }
}
