import ApeCore
import Glibc

/// Finds the programs of the same build.
enum ProgramLocator {
    /// The running program's file, which is the coordinator as well where it is called so.
    ///
    /// - Throws: ``ApeError`` of code `process` where the system does not tell it.
    static func own() throws(ApeError) -> String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &bytes, bytes.count)
        guard count > 0 else { throw ApeError(.process, "Cannot tell which file this program is") }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The worker's file, which stands beside the running one.
    ///
    /// - Throws: ``ApeError`` of code `process` that names the program and where it was looked for.
    static func worker() throws(ApeError) -> String {
        let program = "ape-worker"
        let own = try own()
        let directory = own[..<(own.lastIndex(of: "/") ?? own.startIndex)]
        let path = directory + "/" + program
        guard access(path, X_OK) == 0 else {
            throw ApeError(
                .process,
                "Cannot find \(program) in \(directory): build or install all programs into one directory"
            )
        }
        return path
    }
}
