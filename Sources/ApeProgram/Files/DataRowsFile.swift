import ApeCore
import Glibc

/// A file of rows that a scenario names, held open: it knows where each row begins, and reads rows when they are wanted.
package final class DataRowsFile: Sendable {
    /// What it held when it was read through.
    package let file: DataFile
    private let path: String
    private let format: DataFormat
    private let descriptor: Int32
    private let state: State
    /// Where each row begins and the last one ends, in bytes.
    private let offsets: [UInt32]

    /// What changes where a file is written to.
    private struct State: Equatable {
        var bytes: Int
        var modifiedNanos: Int64

        init?(of descriptor: Int32) {
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            bytes = Int(status.st_size)
            modifiedNanos = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        }
    }

    private init(
        file: DataFile,
        path: String,
        format: DataFormat,
        descriptor: Int32,
        state: State,
        offsets: [UInt32]
    ) {
        self.file = file
        self.path = path
        self.format = format
        self.descriptor = descriptor
        self.state = state
        self.offsets = offsets
    }

    deinit { close(descriptor) }

    /// Opens a file and reads it through; a person is told how far it is where that takes long.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - name: its path as the scenario names it.
    /// - Returns: the file, held open.
    /// - Throws: ``ApeError`` of code `scenario` that names the file, and the line where one is wrong.
    package static func open(_ path: String, name: String) throws(ApeError) -> DataRowsFile {
        guard let format = DataFormat(path: path) else { throw ApeError(.scenario, "\(path) is of no known format") }
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(path, String(cString: strerror(errno))) }
        guard let state = State(of: descriptor) else {
            close(descriptor)
            throw failure(path, "it is no file")
        }
        do throws(ApeError) {
            let (file, offsets) = try readThrough(descriptor, path: path, name: name, format, bytes: state.bytes)
            guard State(of: descriptor) == state else { throw changed(path) }
            return DataRowsFile(
                file: file,
                path: path,
                format: format,
                descriptor: descriptor,
                state: state,
                offsets: offsets
            )
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// The values of some rows.
    ///
    /// - Parameter range: the rows' numbers, which the file has.
    /// - Returns: a row for each number.
    /// - Throws: ``ApeError`` of code `file` for one that was written to meanwhile, or that cannot be read.
    package func rows(_ range: Range<Int>) throws(ApeError) -> [DataRow] {
        guard State(of: descriptor) == state else { throw Self.changed(path) }
        let start = Int(offsets[range.lowerBound])
        let bytes = try read(start..<Int(offsets[range.upperBound]))
        var rows: [DataRow] = []
        rows.reserveCapacity(range.count)
        for row in range {
            let place = Int(offsets[row]) - start..<Int(offsets[row + 1]) - start
            do throws(ApeError) {
                rows.append(try format.row(Array(bytes[place]), columns: file.columns))
            } catch {
                throw Self.changed(path)
            }
        }
        return rows
    }

    private func read(_ place: Range<Int>) throws(ApeError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: place.count)
        var done = 0
        while done < place.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + done }, place.count - done, place.lowerBound + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path, String(cString: strerror(errno))) }
            done += count
        }
        return bytes
    }

    private static func failure(_ path: String, _ cause: String) -> ApeError {
        ApeError(.file, "cannot read \(path)", cause: cause)
    }

    private static func changed(_ path: String) -> ApeError {
        ApeError(.file, "\(path) was changed while it was in use: leave a file of rows as it is until the run is over")
    }
}

extension DataRowsFile {
    /// Bytes that are read at once.
    private static let pieceBytes = 256 * 1024
    /// Between two words on how far it is.
    private static let patience = Duration.seconds(2)

    private static func readThrough(
        _ descriptor: Int32,
        path: String,
        name: String,
        _ format: DataFormat,
        bytes total: Int
    ) throws(ApeError) -> (file: DataFile, offsets: [UInt32]) {
        var reader = DataFileReader(file: path, format: format)
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        var (done, told) = (0, ContinuousClock.now)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path, String(cString: strerror(errno))) }
            if count == 0 { return try reader.finish(name: name) }
            try reader.take(count == piece.count ? piece : Array(piece[..<count]))
            done += count
            guard ContinuousClock.now - told > patience else { continue }
            told = .now
            StandardError.write("reading \(path): \(done / 1_048_576) of \(total / 1_048_576) MiB\n")
        }
    }
}
