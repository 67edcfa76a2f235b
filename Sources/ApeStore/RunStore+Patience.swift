import ApeCore

extension RunStore {
    /// How long the beginning and the end of a run wait for another process that has locked the file.
    static let patience = Duration.seconds(60)

    /// Writes once the file can be had, however often that has to be tried. For what no run goes on without.
    func writePatiently<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let limit = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await write(body)
            } catch let error as ApeError where error.code == .storeBusy && .now < limit {
                continue
            }
        }
    }
}
