import ApeCore
import Foundation
import Glibc
import Testing

@testable import ApeProgram

struct TokenFileTests {
    /// Writes a token file with these permissions and reads it.
    private func read(_ text: String, mode: mode_t = 0o600) throws -> Secret {
        let path = NSTemporaryDirectory() + "ape-token-" + SecureRandom.hex(bytes: 8)
        defer { unlink(path) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        chmod(path, mode)
        return try TokenFile.read(path)
    }

    @Test func readsATokenWithoutTheWhiteSpaceAroundIt() throws {
        #expect(try read("  0123456789abcdef\r\n") == Secret("0123456789abcdef"))
    }

    @Test(arguments: ["", "short", "   \n", String(repeating: "x", count: 5000)])
    func refusesWhatIsNoToken(_ text: String) {
        let error = #expect(throws: ApeError.self) { try read(text) }
        #expect(error?.message.contains("openssl rand -hex 32") == true)
    }

    @Test(arguments: [0o644, 0o640, 0o604] as [mode_t])
    func refusesAFileThatOthersCanRead(_ mode: mode_t) {
        let error = #expect(throws: ApeError.self) { try read("0123456789abcdef", mode: mode) }
        #expect(error?.message.contains("chmod 600") == true)
        #expect(error?.message.contains("0123456789abcdef") == false)
    }

    @Test(arguments: [0o400, 0o440, 0o600, 0o640] as [mode_t])
    func letsTheGroupReadAFileOfRoot(_ mode: mode_t) {
        #expect(PrivateFile.isPrivate(mode: mode, owner: 0, reader: 10001))
    }

    @Test(arguments: [0o660, 0o650, 0o444, 0o644, 0o642, 0o641] as [mode_t])
    func letsNobodyElseAtAFileOfRoot(_ mode: mode_t) {
        #expect(!PrivateFile.isPrivate(mode: mode, owner: 0, reader: 10001))
    }

    @Test(arguments: [(10001, 10001), (10002, 10001), (0, 0), (10001, 0)] as [(uid_t, uid_t)])
    func letsNoGroupAtAFileThatItsReaderCouldClose(_ owner: uid_t, _ reader: uid_t) {
        #expect(PrivateFile.isPrivate(mode: 0o600, owner: owner, reader: reader))
        #expect(!PrivateFile.isPrivate(mode: 0o640, owner: owner, reader: reader))
    }

    @Test func namesAFileThatIsNotThere() {
        let error = #expect(throws: ApeError.self) { try TokenFile.read("/nowhere/token") }
        #expect(error?.message.contains("/nowhere/token") == true)
        #expect(error?.exitCode == .usage)
        #expect(throws: ApeError.self) { try TokenFile.read("/") }
    }
}

struct SecureRandomTests {
    @Test func makesIdentifiersOfTheFourthVersion() {
        let texts = Set((0..<100).map { _ in SecureRandom.uuid() })
        #expect(texts.count == 100)
        for text in texts {
            #expect(text.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        }
        #expect(SecureRandom.hex(bytes: 32).wholeMatch(of: /[0-9a-f]{64}/) != nil)
    }
}
