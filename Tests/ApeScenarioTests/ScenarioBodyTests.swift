import ApeScenario
import Testing

@testable import ApeCore

/// What a script's requests carry: forms with files, files as bodies, queries with lists, paths that begin with a value.
@Suite struct ScenarioBodyTests {
    private let files: [String: [UInt8]] = [
        "dir/a.png": [0x89, 0x50, 0x00, 0xFF], "dir/big.bin": [UInt8](repeating: 1, count: 400 * 1024),
        "/abs/b.txt": [0x62],
    ]

    private func read(_ steps: [String], more: String = "") throws(ApeError) -> Scenario {
        let script = steps.map { "      - \($0)\n" }.joined()
        let yaml = "targets: {t: \"http://t\"}\ngoals:\n  g:\n    script:\n\(script)    \(more)\n"
        return try Scenario.read(Array(yaml.utf8), file: "dir/s.yml") { path in
            guard let bytes = files[path] else { throw ApeError(.file, "there is no \(path)") }
            return bytes
        }.scenario
    }

    private func steps(_ text: String..., more: String = "") throws -> [ScriptStep] {
        let scenario = try read(text, more: more)
        let wire = try Scenario(document: try JSONValue(parsing: scenario.wireDocument().utf8))
        #expect(wire == scenario)
        guard case .script(let steps) = scenario.goals[0].mode else { throw ApeError(.scenario, "no script") }
        return steps
    }

    private func problem(_ steps: String..., more: String = "") -> String {
        do {
            _ = try read(steps, more: more)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    private static let multipart = "headers: {content-type: multipart/form-data}"

    @Test func readsFilesBesideTheScenario() throws {
        let body = """
            {n: 19.90, many: [{file: a.png, type: image/png}, x], note: {content: "of {{agent}}", filename: n.txt}, \
            b: {base64: AP8=}, abs: {file: /abs/b.txt, filename: c}, deep: {er: {file: a.png}, plain: 1}}
            """
        let steps = try steps("POST /f: {\(Self.multipart), body: \(body)}", "PUT /g: {body_file: a.png}")
        let expected: JSONValue = [
            "n": try JSONValue(parsing: "19.90"),
            "many": [["base64": "iVAA/w==", "filename": "a.png", "type": "image/png"], "x"],
            "note": ["content": "of {{agent}}", "filename": "n.txt"], "b": ["base64": "AP8="],
            "abs": ["base64": "Yg==", "filename": "c"],
            "deep": ["er": ["base64": "iVAA/w==", "filename": "a.png"], "plain": 1],
        ]
        #expect(steps[0].body == expected)
        #expect(steps[1].bodyBytes == [0x89, 0x50, 0x00, 0xFF] && steps[1].body == nil)
        let json = try self.steps("POST /f: {body: {file: a.png}}")
        #expect(json[0].body == ["file": "a.png"], "only a multipart form has files")
    }

    @Test(arguments: [
        ("f: {file: none.png}", "body.f.file: cannot read dir/none.png: there is no dir/none.png"),
        ("f: {file: a.png, content: x}", "body.f: needs one of `file`, `content` and `base64`"),
        ("f: {file: a.png, name: x}", "unknown key"), ("f: {base64: A}", "is no Base64"),
        ("f: {file: big.bin}, g: {file: big.bin}", "makes 819200 bytes of files; at most 737280 in all go to a worker"),
        ("f: {file: [a]}", "must be a text, not a list"),
        ("f: {content: \"{{nobody}}\"}", "nothing provides {{nobody}}"),
    ])
    func saysWhatIsWrongWithAFile(part: String, says: String) {
        let problem = problem("POST /f: {\(Self.multipart), body: {\(part)}}")
        #expect(problem.contains(says), "\(problem)")
    }

    @Test(arguments: [
        ("POST /f: {body: 1, body_file: a.png}", "body_file: is a second body beside the first"),
        ("HEAD /f: {body: 1}", "body: a HEAD request has no body"), ("POST /f: {body_base64: \"A=\"}", "is no Base64"),
        ("POST /f: {body_file: none}", "cannot read dir/none"),
        (
            "GET /f: {query: {a: {b: 1}}}",
            "query.a: must be a text, a number, true or false, or a list of these, not a map"
        ),
        ("GET /f: {query: {a: [[1]]}}", "must be a text, not a list"),
        ("GET {{base64 a:b}}", "must start with /"), ("GET x{{agent}}", "must start with /"),
        ("GET {{where}}", "nothing provides {{where}}"), ("OPTION /f", "did you mean OPTIONS?"),
    ])
    func saysWhatIsWrongWithARequest(step: String, says: String) {
        #expect(problem(step).contains(says), "\(problem(step))")
    }

    @Test func aFileIsNotReadOnAWorker() throws {
        let document = try JSONValue(
            parsing: """
                {"targets": {"t": {"url": "http://t"}}, "goals": {"g": {"script": [{"POST /f": {"body_file": "/etc/passwd"}}]}}}
                """
        )
        #expect { try Scenario(document: document) } throws: { "\($0)".contains("cannot be read here") }
    }

    @Test func aPathMayBeginWithAValue() throws {
        let more = "capture: {where: {header: Location}, token: {cookie: XSRF-TOKEN, path: /a}}"
        let steps = try steps("GET {{where}}", "HEAD {{location}}?x=1", "OPTIONS /{{where}}", more: more)
        #expect(steps.map(\.path) == ["{{where}}", "{{location}}?x=1", "/{{where}}"])
        #expect(
            problem("GET {{where}}", more: "capture: {where: {cookie: \"a b\"}}").contains(
                "is no name of a cookie"
            )
        )
        #expect(
            problem("GET /", more: "success: [{answer: \"GET {{location}}\", status: 200}]").contains(
                "it starts with /"
            )
        )
    }

    @Test(
        arguments: [
            ([], ""), ([0], "AA=="), ([0, 255], "AP8="), ([1, 2, 3], "AQID"), (Array(0...255), nil),
        ] as [([UInt8], String?)]
    )
    func base64ReadsWhatItWrites(bytes: [UInt8], text: String?) {
        if let text { #expect(Base64.text(of: bytes) == text) }
        #expect(Base64.bytes(of: Base64.text(of: bytes)) == bytes)
    }

    @Test(arguments: ["A", "AA", "AA=", "A===", "AA=A", "AA A", "AAé=", "====", "=AAA", "AA-_"])
    func base64RefusesAllElse(text: String) {
        #expect(Base64.bytes(of: text) == nil)
    }
}
