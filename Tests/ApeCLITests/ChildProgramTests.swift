import ApeCore
import Glibc
import Testing

@testable import ApeCLI

struct ChildProgramTests {
    /// A shell that runs a script; the arguments that every child gets come after it and are ignored.
    private func shell(_ script: String, output: ChildProgram.Output = .file("/dev/null")) -> ChildProgram {
        ChildProgram(name: "shell", path: "/bin/sh", arguments: ["-c", script], output: output)
    }

    @Test func tellsHowAChildEnded() async throws {
        #expect(try await shell("exit 7").run() == 7)
        #expect(try await shell("kill -9 $$").run() == 128 + SIGKILL)
    }

    @Test func namesAProgramThatCannotBeRun() async {
        let child = ChildProgram(name: "the worker", path: "/nowhere/ape", arguments: [], output: .inherited)
        let error = await #expect(throws: ApeError.self) { try await child.run() }
        #expect(error?.message.contains("/nowhere/ape") == true)
    }

    @Test func namesALogThatCannotBeWritten() async {
        let error = await #expect(throws: ApeError.self) { try await shell("", output: .file("/nowhere/log")).run() }
        #expect(error?.message.contains("/nowhere/log") == true)
    }

    @Test func knowsWhoHasEnded() async throws {
        let children = Children()
        #expect(children.exitCode(of: "shell") == nil)
        #expect(try await children.run(shell("exit 3")) == 3)
        #expect(children.exitCode(of: "shell") == 3)
    }

    @Test func findsTheEndOfAChildThatNeverGotReady() async throws {
        let children = Children()
        let child = shell("exit 2")
        _ = try await children.run(child)
        #expect(try await ReadyFile.wait(for: "/nowhere/ready", member: "shop", of: child, children) == nil)
    }

    @Test func readsAnAddressFromAReadyFileAndRefusesOneWithout() async throws {
        try await TemporaryDirectory.use { directory in
            let child = shell("")
            let path = try directory.write("{\"shop\": \"http://127.0.0.1:1\"}", to: "ready.json")
            #expect(try await ReadyFile.wait(for: path, member: "shop", of: child, Children()) == "http://127.0.0.1:1")
            await #expect(throws: ApeError.self) {
                try await ReadyFile.wait(for: path, member: "inference", of: child, Children())
            }
        }
    }

    @Test func removesATemporaryDirectoryWhateverHappens() async throws {
        struct Trouble: Error {}
        var path = ""
        await #expect(throws: Trouble.self) {
            try await TemporaryDirectory.use { directory in
                path = try directory.write("secret", to: "token")
                var status = stat()
                #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
                throw Trouble()
            }
        }
        #expect(access(path, F_OK) != 0)
    }
}
