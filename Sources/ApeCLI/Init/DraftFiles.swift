import ApeCore
import ApeProgram
import ApeReport
import ApeScenario
import FoundationEssentials
import Glibc

/// The files that `ape-test init` writes: the scenario, and beside it an OpenAPI document that came from a URL.
struct DraftFiles: Sendable {
    /// The scenario's path.
    var output: String
    /// What the scenario says.
    var text: String
    /// The name and the content of the document beside it.
    var document: (name: String, bytes: [UInt8])?

    /// Reads the scenario as `ape-test check` would, before anything is written.
    func check() throws(ApeError) -> ReadScenario {
        let read = try Scenario.read(Array(text.utf8), file: output) { path throws(ApeError) in
            if let document, path == self.path(of: document.name) { return document.bytes }
            return try ScenarioFile.bytes(of: path)
        }
        _ = try read.scenario.wireDocument()
        return read
    }

    /// Writes all of it. A Ctrl-C takes effect before or after, never in between.
    func write(replacing: Bool) throws(ApeError) {
        try Self.refuseExisting(output, replacing: replacing)
        if let document { try Self.refuseExisting(path(of: document.name), replacing: replacing) }
        let former = signal(SIGINT, SIG_IGN)
        defer { signal(SIGINT, former) }
        if let document {
            try Files.write(text: String(decoding: document.bytes, as: UTF8.self), to: path(of: document.name))
        }
        try Files.write(text: text, to: output)
    }

    static func refuseExisting(_ path: String, replacing: Bool) throws(ApeError) {
        guard !replacing, Files.exists(path) else { return }
        throw ApeError(.usage, "\(path) is there already: name another with --output, or replace it with --force")
    }

    private func path(of name: String) -> String {
        guard let slash = output.lastIndex(of: "/") else { return name }
        return output[...slash] + name
    }

    /// How a scenario at `output` names a file that was named from the working directory.
    static func reference(to file: String, from output: String) -> String {
        guard !file.hasPrefix("/"), output.contains("/") else { return file }
        return FileManager.default.currentDirectoryPath + "/" + file
    }
}
