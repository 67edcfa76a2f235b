/// Lets one at a time through, in the order of coming. Where too many wait, further ones are turned away.
actor Turnstile {
    /// How many may wait.
    static let maximumWaiting = 16

    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Does something that nobody else does at the same time.
    ///
    /// - Returns: what it came to; nil where too many wait.
    nonisolated func pass<Value: Sendable>(_ body: @Sendable () async -> Value) async -> Value? {
        guard await enter() else { return nil }
        let value = await body()
        await leave()
        return value
    }

    private func enter() async -> Bool {
        guard isTaken else {
            isTaken = true
            return true
        }
        guard waiting.count < Self.maximumWaiting else { return false }
        await withCheckedContinuation { waiting.append($0) }
        return true
    }

    private func leave() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
