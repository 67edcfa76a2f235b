import Testing

@testable import ApeProgram

@Suite struct TerminalTests {
    @Test(
        arguments: [
            (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": ""], true),
            (true, ["TERM": "dumb"], false),
        ] as [(Bool, [String: String], Bool)]
    )
    func colourIsForTerminalsThatWantIt(isTerminal: Bool, environment: [String: String], expected: Bool) {
        #expect(Terminal.wantsColour(isTerminal: isTerminal, environment: environment) == expected)
    }
}
