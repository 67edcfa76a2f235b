import ApeCore
import ApeDemo
import ArgumentParser

/// An address of the demo's as a flag's value.
struct ListenFlag: Sendable, Equatable, CustomStringConvertible {
    var address: HostPort

    init(address: HostPort) {
        self.address = address
    }

    init(flag text: String) throws {
        do {
            address = try HostPort(text)
        } catch {
            throw ValidationError(error.message)
        }
    }

    var description: String { address.description }
}

/// A duration of at most an hour as a flag's value.
struct DurationFlag: Sendable, Equatable, CustomStringConvertible {
    /// No answer of the demo takes longer, in microseconds.
    static let maximumMicros: Int64 = 3_600_000_000

    var micros: Int64

    init(micros: Int64) {
        self.micros = micros
    }

    init(flag text: String) throws {
        guard let micros = DurationText.micros(text, plainNumberIn: .milliseconds), micros <= Self.maximumMicros else {
            throw ValidationError("'\(text)' is no duration of up to an hour; write 300ms, 1.5s or 2m")
        }
        self.micros = micros
    }

    var description: String { DurationText.text(micros: micros) }
}

/// A share as a flag's value.
struct ShareFlag: Sendable, Equatable, CustomStringConvertible {
    var share: Double

    init(share: Double) {
        self.share = share
    }

    init(flag text: String) throws {
        guard let share = Double(text), (0...1).contains(share) else {
            throw ValidationError("'\(text)' is no share; write a number from 0 to 1, such as 0.05")
        }
        self.share = share
    }

    var description: String { "\(share)" }
}
