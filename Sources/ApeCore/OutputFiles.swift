/// Where a program's output goes, for what makes output but has no business with files.
package protocol OutputFiles: Sendable {
    /// Makes sure before a long run that a file can be written.
    ///
    /// - Throws: ``ApeError`` that names the path and the flag that named it.
    func check(_ path: String, flag: String) throws(ApeError)

    /// Makes a directory with all above it; one that is there is as good.
    ///
    /// - Throws: ``ApeError`` that names the path and the flag that named it.
    func makeDirectory(_ path: String, flag: String) throws(ApeError)

    /// Writes a file, whole or not at all.
    ///
    /// - Throws: ``ApeError`` that names the path and the flag that named it.
    func write(_ text: String, to path: String, flag: String) throws(ApeError)

    /// Makes a link in the place of one that is there.
    ///
    /// - Parameters:
    ///   - path: the link.
    ///   - target: the name that it leads to, in the same directory.
    ///   - flag: what named the path.
    /// - Throws: ``ApeError`` that names the path and the flag that named it, for a file that is no link too.
    func link(_ path: String, to target: String, flag: String) throws(ApeError)

    /// Adds text to the end of a file that others write to as well.
    ///
    /// - Throws: ``ApeError`` that names the path.
    func append(_ text: String, to path: String) throws(ApeError)
}
