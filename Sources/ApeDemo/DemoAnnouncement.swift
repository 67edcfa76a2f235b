import ApeCore
import ApeProgram
import ServiceLifecycle

/// Announces once that every service of the demo listens: through the ready file, and on standard output.
package struct DemoAnnouncement: Service {
    /// The demo's services by the names that the ready file gives them.
    package enum Part: String, Sendable, CaseIterable {
        case shop, inference

        func url(_ address: HostPort) -> String {
            self == .inference ? address.url + "/v1" : address.url
        }
    }

    private let parts: Set<Part>
    private let readyFile: String?
    private let tell: @Sendable (_ urls: [Part: String]) throws -> Void
    private let addresses: AsyncStream<(Part, HostPort)>
    private let arrival: AsyncStream<(Part, HostPort)>.Continuation

    /// - Parameters:
    ///   - parts: the services to wait for.
    ///   - readyFile: the file that the addresses are written to as JSON, whole or not at all; nil for none.
    ///   - tell: called with the addresses once all services listen, before the ready file appears.
    package init(
        parts: Set<Part>,
        readyFile: String?,
        tell: @escaping @Sendable (_ urls: [Part: String]) throws -> Void
    ) {
        self.parts = parts
        self.readyFile = readyFile
        self.tell = tell
        (addresses, arrival) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(parts.count))
    }

    /// Makes the function that a service calls once it listens.
    package func arrived(_ part: Part) -> @Sendable (HostPort) async -> Void {
        { [arrival] address in arrival.yield((part, address)) }
    }

    /// Waits for the services, announces them, and runs until shutdown.
    ///
    /// - Throws: ``ApeError`` of code `file` when the ready file cannot be written.
    package func run() async throws {
        let urls = await cancelWhenGracefulShutdown {
            var urls: [Part: String] = [:]
            for await (part, address) in addresses {
                urls[part] = part.url(address)
                if urls.count == parts.count { break }
            }
            return urls
        }
        guard urls.count == parts.count else { return }
        try tell(urls)
        if let readyFile { try write(urls, to: readyFile) }
        // Not within the above, where a shutdown that is asked for by now would be thrown as a cancellation.
        try await gracefulShutdown()
    }

    private func write(_ urls: [Part: String], to path: String) throws(ApeError) {
        var object = JSONObject()
        for part in Part.allCases { object[part.rawValue] = urls[part].map { .string($0) } }
        try Files.write(text: JSONValue.object(object).text + "\n", to: path, flag: "--ready-file")
    }
}

extension DemoAnnouncement: CustomStringConvertible {
    package var description: String { "DemoAnnouncement" }
}
