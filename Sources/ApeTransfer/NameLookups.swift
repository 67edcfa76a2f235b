import Dispatch

/// The addresses of the names that a reactor's clients connect to: each is looked up once a minute for all of them, so
/// that lookups do not grow with the number of clients. Used on the reactor's thread alone.
final class NameLookups {
    /// How long addresses count as known, in microseconds. Older ones are used until their successors are there.
    private static let lifeMicros: Int64 = 60_000_000
    /// How long a name without addresses is not looked up again.
    private static let failedLifeMicros: Int64 = 1_000_000

    struct Answer {
        /// Tells this lookup of a name from those before it.
        var number: Int
        var addresses: [HostAddress]
        var atMicros: Int64
    }

    private var answers: [String: Answer] = [:]
    private var pending: Set<String> = []
    private var count = 0

    /// What is known of a name.
    ///
    /// - Parameters:
    ///   - name: the name.
    ///   - now: the monotonic clock's time, in microseconds.
    ///   - start: begins a lookup, whose end ``take(_:for:now:)`` is told.
    /// - Returns: its addresses; nil while nothing is known.
    func answer(for name: String, now: Int64, start: () -> Void) -> Answer? {
        let answer = answers[name]
        let isUsable = answer.map { !$0.addresses.isEmpty } ?? false
        let life = isUsable ? Self.lifeMicros : Self.failedLifeMicros
        if let answer, now - answer.atMicros < life { return answer }
        if pending.insert(name).inserted { start() }
        return isUsable ? answer : nil
    }

    /// What is known of a name, with lookups by the system's resolver.
    func answer(for name: String, on reactor: Reactor) -> Answer? {
        answer(for: name, now: MonotonicClock.nowMicros) {
            // The resolver blocks the thread that asks it.
            DispatchQueue.global().async {
                let addresses = HostAddress.all(of: name)
                reactor.submit { $0.names.take(addresses, for: name, now: MonotonicClock.nowMicros) }
            }
        }
    }

    /// A name that has lost its addresses keeps those that it had: what is connected to it goes on.
    func take(_ addresses: [HostAddress], for name: String, now: Int64) {
        pending.remove(name)
        if let known = answers[name], addresses.isEmpty || Set(addresses) == Set(known.addresses) {
            answers[name]?.atMicros = now
            return
        }
        count += 1
        answers[name] = Answer(number: count, addresses: addresses, atMicros: now)
    }
}
