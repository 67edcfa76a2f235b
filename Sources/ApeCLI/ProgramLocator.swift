import ApeCore
import Glibc

/// Finds the other programs of the same build: they stand beside the running one.
enum ProgramLocator {
    /// - Throws: ``ApeError`` of code `process` that names the program and where it was looked for.
    static func path(of program: String) throws(ApeError) -> String {
        let directory = try ownDirectory()
        let path = directory + "/" + program
        guard access(path, X_OK) == 0 else {
            throw ApeError(
                .process,
                "Cannot find \(program) in \(directory): build or install all three programs into one directory"
            )
        }
        return path
    }

    private static func ownDirectory() throws(ApeError) -> String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &bytes, bytes.count)
        let path = String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let slash = path.lastIndex(of: "/") else {
            throw ApeError(.process, "Cannot tell which directory this program stands in")
        }
        return String(path[..<slash])
    }
}
