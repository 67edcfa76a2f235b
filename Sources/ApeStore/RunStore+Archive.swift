import ApeCore
import ApeRun

extension RunStore {
    /// The name of the run that began last.
    package static let latest = "latest"
    /// The fewest characters that are taken for the beginning of a run's identifier.
    static let minimumPrefix = 4

    /// Reads a run from everything that is stored, and judges it again.
    ///
    /// - Throws: ``ApeError`` for a run that the store does not know or cannot read.
    package func archive(ofRun id: String) async throws -> RunArchive {
        guard let run = try await run(id) else {
            throw StoreFault.error(for: StoreFault.unknownRun(id), path: path)
        }
        return try await RunArchive(
            run,
            facts: try await facts(ofRun: id),
            windows: windows(ofRun: id),
            servers: servers(ofRun: id)
        )
    }

    /// The identifier of the one run that a user means by an identifier, the beginning of one, or `latest`.
    ///
    /// - Throws: ``ApeError`` of code `store` where there is no such run, and of code `usage` where there are several.
    package func runID(meantBy text: String) async throws -> String {
        let ids = try await read { database in
            try database.values(String.self, sql: "SELECT id FROM runs ORDER BY number DESC")
        }
        if ids.contains(text) { return text }
        if text == Self.latest, let latest = ids.first { return latest }
        let found = text.count >= Self.minimumPrefix ? ids.filter { $0.hasPrefix(text) } : []
        guard found.count > 1 else {
            if let only = found.first { return only }
            throw StoreFault.error(for: StoreFault.unknownRun(text), path: path)
        }
        throw ApeError(
            .usage,
            "\(found.count) runs begin with \(text): give more of the one you mean, see ape-test history"
        )
    }
}
