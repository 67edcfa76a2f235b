import ApeCore
import Glibc

extension Files {
    /// Makes a symbolic link, at once in the place of one that is there, so that whoever follows it finds one or the other.
    ///
    /// - Throws: ``ApeError`` of code `file` where something else has its name, or the directory takes none.
    static func link(_ path: String, to target: String, flag: String) throws(ApeError) {
        func failure(_ what: String) -> ApeError {
            ApeError(.file, "\(path) is to be a link to \(target) for \(flag), and \(what)")
        }
        var status = stat()
        guard lstat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFLNK else {
            throw failure("is a file of its own: move it away")
        }
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        guard symlink(target, temporary) == 0, rename(temporary, path) == 0 else {
            let cause = String(cString: strerror(errno))
            unlink(temporary)
            throw failure("cannot be made: \(cause)")
        }
    }
}
