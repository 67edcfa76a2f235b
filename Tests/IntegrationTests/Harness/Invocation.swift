import Foundation
import Glibc

/// How a program is started: what, with which arguments, and in what surroundings.
struct Invocation {
    var program: String
    var arguments: [String]
    /// Added to this process's environment.
    var environment: [String: String] = [:]
    /// The network namespace it runs in; nil for this process's own.
    var namespace: String?

    /// A program of the system, found on the PATH or by its path.
    init(_ program: String, _ arguments: [String]) {
        self.program = program
        self.arguments = arguments
    }

    /// A program of ours, found beside the test bundle.
    static func ape(_ name: String, _ arguments: [String]) throws -> Invocation {
        let path = "\(Self.builtPrograms)/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw HarnessError("\(path) is not there: build it with swift build --build-tests")
        }
        return Invocation(path, arguments)
    }

    /// The directory of the test bundle, where the build puts the programs too.
    static let builtPrograms: String = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        let directory = URL(fileURLWithPath: bundle).deletingLastPathComponent().path
        // As an installation gives the program its other name. What an earlier build left under it goes.
        let (link, program) = ("\(directory)/ape-coordinator", "ape-test")
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) != program {
            let new = "\(link).\(UUID())"
            try? FileManager.default.createSymbolicLink(atPath: new, withDestinationPath: program)
            rename(new, link)
        }
        return directory
    }()

    /// The root of the source tree.
    static let tree: String = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The words of the command line, the namespace's included.
    var words: [String] {
        guard let namespace else { return [program] + arguments }
        return ["ip", "netns", "exec", namespace, program] + arguments
    }
}
