import Foundation

/// A Python package in a virtual environment that later runs find again.
enum PythonPackage {
    /// The directory of the environment's programs, after installing what is not there yet; nil where the package
    /// index is out of reach. `name` is the environment's name in the cache, `requirement` what pip installs, such as
    /// `kinto==26.*`.
    static func programs(of name: String, requirement: String, in scratch: Scratch) async throws -> String? {
        let base = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache"
        let environment = "\(base)/ape-tests/\(name)"
        let done = "\(environment)/.installed"
        if textOfFile(done) == requirement { return environment + "/bin" }
        try? FileManager.default.removeItem(atPath: environment)
        try FileManager.default.createDirectory(atPath: base + "/ape-tests", withIntermediateDirectories: true)
        let made = try await ProcessHarness.run(Invocation("python3", ["-m", "venv", environment]), in: scratch)
        guard made.exitCode == 0 else { throw HarnessError("python3 -m venv: \(made.errors)") }
        let pip = Invocation(
            "\(environment)/bin/pip",
            ["install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "20", requirement]
        )
        guard try await ProcessHarness.run(pip, in: scratch).exitCode == 0 else { return nil }
        try requirement.write(toFile: done, atomically: true, encoding: .utf8)
        return environment + "/bin"
    }
}
