import Glibc

/// A closed network: each agent spends a time Z by itself, then needs one of c servers for a time S, and waits while
/// all are busy.
///
/// The unit of time is the cycle without waiting, R0 = Z + S = 1. Throughput is that of exponential times: the
/// machine repairman model, the same as exact mean value analysis (Lavenberg, "Computer Performance Modeling
/// Handbook", Academic Press 1983, section 3.8). It depends on Z by its mean alone. Z = 0 gives the asymptotic bound
/// min(N, knee); service that varies less than exponential lies between the two.
struct QueueNetwork {
    /// Xmax · R0, the agents that keep all servers busy where nobody ever waits; at least 1.
    var knee: Double
    /// S / R0. It says how far the knee is rounded: the number of servers is this share of the knee, at least 1.
    var serviceShare: Double

    /// Terms below this share of the greatest are left out of sums.
    private static let negligible = 1e-13

    /// Cycles in the time of one; linear between whole numbers of agents.
    func throughput(atAgents agents: Double) -> Double {
        let whole = agents.rounded(.down)
        guard whole < agents else { return throughput(atWhole: whole) }
        let part = agents - whole
        return (1 - part) * throughput(atWhole: whole) + part * throughput(atWhole: whole + 1)
    }

    /// The mean number of busy servers over the time of one service. Of k agents at the servers the probability is the
    /// product of (N − i + 1) S / (Z min(i, c)) for i up to k: it is summed from its greatest term to both sides.
    private func throughput(atWhole agents: Double) -> Double {
        let servers = max(1, serviceShare * knee)
        let service = servers / knee
        let alone = 1 - service
        guard alone > 1e-9 else { return min(agents, knee) }
        guard agents >= 1 else { return 0 }
        func ratio(_ number: Double) -> Double {
            (agents - number + 1) * service / (alone * min(number, servers))
        }
        var likeliest = (agents + 1) * service
        if likeliest > servers { likeliest = agents + 1 - alone * knee }
        likeliest = max(0, min(agents, likeliest.rounded(.down)))
        var (sum, busy) = (1.0, min(likeliest, servers))
        func add(_ term: Double, _ number: Double) {
            sum += term
            busy += term * min(number, servers)
        }
        var (term, number) = (1.0, likeliest)
        while number < agents, term > Self.negligible {
            number += 1
            term *= ratio(number)
            add(term, number)
        }
        (term, number) = (1.0, likeliest)
        while number > 0, term > Self.negligible {
            term /= ratio(number)
            number -= 1
            add(term, number)
        }
        return busy / sum / service
    }
}
