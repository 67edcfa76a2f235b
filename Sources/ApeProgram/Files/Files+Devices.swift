import ApeCore
import Glibc

extension Files {
    /// How long a pipe's or a terminal's reader may take nothing before the rest is given up.
    static let devicePatience = Duration.seconds(10)

    /// Writes text to a pipe or a device, for as long as its reader takes some of it every now and then.
    ///
    /// - Throws: what `failure` makes of a reader that takes nothing, or of an error.
    static func writeDevice(
        _ text: String,
        to path: String,
        patience: Duration = devicePatience,
        failing failure: (String) -> ApeError
    ) throws(ApeError) {
        let descriptor = try openDevice(path, patience, failure)
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written < 0, errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&ready, 1, milliseconds(patience)) != 0 else { throw unread(failure) }
            } else if errno != EINTR {
                throw failure("cannot be written")
            }
        }
    }

    /// Opens a device without waiting for anybody; a pipe that nobody reads yet is tried again.
    private static func openDevice(
        _ path: String,
        _ patience: Duration,
        _ failure: (String) -> ApeError
    ) throws(ApeError) -> Int32 {
        let limit = ContinuousClock.now + patience
        while true {
            let descriptor = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
            if descriptor >= 0 { return descriptor }
            guard errno == ENXIO || errno == EINTR else { throw failure("cannot be written") }
            guard ContinuousClock.now < limit else { throw unread(failure) }
            usleep(50_000)
        }
    }

    private static func unread(_ failure: (String) -> ApeError) -> ApeError {
        errno = ETIMEDOUT
        return failure("has no reader that takes what is written")
    }

    private static func milliseconds(_ length: Duration) -> Int32 {
        Int32(clamping: length.components.seconds * 1_000 + length.components.attoseconds / 1_000_000_000_000_000)
    }
}
