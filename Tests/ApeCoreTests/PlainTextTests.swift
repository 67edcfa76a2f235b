import ApeCore
import Testing

@Suite struct PlainTextTests {
    @Test(arguments: [
        ("plain words, 100 % of them", "plain words, 100 % of them"),
        ("naïve café 日本語 ⚠️ 🙂", "naïve café 日本語 ⚠️ 🙂"),
        // Escape sequences, of one byte too.
        ("\u{1B}[2J\u{1B}]0;title\u{7}", "\u{FFFD}[2J\u{FFFD}]0;title\u{FFFD}"), ("\u{9B}31m", "\u{FFFD}31m"),
        // CR LF is one `Character`.
        ("a\r\nb", "a b"), ("a\n\n\tb", "a b"), ("a\u{2028}b\u{2029}c\u{85}d", "a b c d"), ("a\u{B}\u{C}b", "a b"),
        // Orders to write from right to left, and what has no width.
        ("\u{202E}abc\u{2066}", "\u{FFFD}abc\u{FFFD}"), ("a\u{200B}b\u{FEFF}\u{AD}", "a\u{FFFD}b\u{FFFD}\u{FFFD}"),
        ("\u{E0041}\u{3164}\u{034F}", "\u{FFFD}\u{FFFD}\u{FFFD}"), ("\u{FFFE}", "\u{FFFD}"),
        // They join letters and emoji, and are not seen.
        ("می\u{200C}خواهم", "میخواهم"), ("👩\u{200D}💻", "👩💻"),
        // A combining mark hides the character before it from whoever goes by `Character`.
        ("\u{1B}\u{301}[2J", "\u{FFFD}\u{301}[2J"),
        ("", ""),
    ])
    func aLineIsMadeOfWordsOnly(text: String, line: String) {
        #expect(Array(PlainText.line(text).unicodeScalars) == Array(line.unicodeScalars))
        #expect(PlainText.line(PlainText.line(text)) == PlainText.line(text))
    }

    @Test(arguments: [
        ("::error title=APE::owned", ": :error title=APE::owned"), ("x ::add-mask::a", "x : :add-mask::a"),
        ("x\n::stop-commands::y", "x : :stop-commands::y"), ("##vso[task.complete]done", "# #vso[task.complete]done"),
        ("a##[error]b", "a# #[error]b"), ("##teamcity[x]", "# #teamcity[x]"),
        // What only looks like one.
        ("std::sort::x", "std::sort::x"), ("[::1]:80 and ::ffff:10.0.0.1", "[::1]:80 and ::ffff:10.0.0.1"),
        ("## heading", "## heading"), ("a: b:: c", "a: b:: c"), ("::", "::"), ("##", "##"),
    ])
    func aCommandOfACISystemIsBroken(text: String, line: String) {
        #expect(PlainText.line(text) == line)
    }

    @Test func aDocumentIsPlainInEveryName() {
        let document: JSONValue = ["a\u{1B}": ["x\r\ny", 1, .null], "b": ["c\u{202E}": "##[error]"]]
        #expect(
            document.plain == [
                "a\u{FFFD}": ["x y", 1, .null], "b": ["c\u{FFFD}": "# #[error]"],
            ]
        )
    }
}

@Suite struct TerminalTextTests {
    @Test func whatIsPutInIsALineOfWords() {
        let name = "w1\n::error::x\u{1B}[2J"
        let text: TerminalText = "\r\u{1B}[2Kworker \(name), \(3) agents\n"
        #expect(text.string == "\r\u{1B}[2Kworker w1 : :error::x\u{FFFD}[2J, 3 agents\n")
    }

    @Test func theProblemsOfAScenarioKeepTheirLines() {
        let problems = ApeError(.scenario, "a.yml:1:1: x\u{1B}\na.yml:2:1: y")
        #expect("error: \(problems)\n" as TerminalText == "error: a.yml:1:1: x\u{FFFD}\na.yml:2:1: y\n")
        let refused = ApeError(.fleet, "w1 refused: x\n::error::y")
        #expect("error: \(refused)\n" as TerminalText == "error: w1 refused: x : :error::y\n")
        let other: any Error = refused
        #expect("\(other)" as TerminalText == "w1 refused: x : :error::y")
    }

    @Test func onlyStylesOfOurOwnAreLeftInLines() {
        let red = TerminalStyle.red.around("FAIL")
        let lines = TerminalText(lines: ["a \(red) b", "\u{1B}[2J\u{1B}[31mx", "y\nz"])
        #expect(lines.string == "a \u{1B}[31mFAIL\u{1B}[0m b\n\u{FFFD}[2J\u{1B}[31mx\ny z\n")
        let document = TerminalText(document: "a\n::warning::b\n\n\u{1B}]0;x\u{7}\n")
        #expect(document.string == "a\n: :warning::b\n\n\u{FFFD}]0;x\u{FFFD}\n")
    }

    @Test func jsonKeepsItsTextsAndShowsNoOrder() throws {
        let document: JSONValue = ["a": "\u{1B}[2J\u{9B}\u{202E}\u{E0041}é##vso[x]\r\n"]
        let text = TerminalText(document).string
        #expect(text == "{\n  \"a\": \"\\u001b[2J\\u009b\\u202e\\udb40\\udc41é\\u0023#vso[x]\\r\\n\"\n}\n")
        #expect(try JSONValue(parsing: text) == document)
    }
}
