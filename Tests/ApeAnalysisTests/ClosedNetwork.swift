import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeRun
import Glibc

/// Agents that think, then queue for one of a number of servers, simulated event by event: what a stage's hold would
/// measure.
struct ClosedNetwork {
    enum Time {
        case constant(Double)
        case exponential(mean: Double)
        case uniform(ClosedRange<Double>)

        func draw(_ random: inout SeededRandom) -> Double {
            switch self {
            case .constant(let value): value
            case .exponential(let mean): -mean * log(1 - random.unit())
            case .uniform(let range): range.lowerBound + random.unit() * (range.upperBound - range.lowerBound)
            }
        }
    }

    var servers: Int
    var service: Time
    var think: Time = .constant(0)

    /// The stages of a plan, each with the waits for the target that its agents saw.
    func points(_ sizes: [Int], seconds: Double) -> [ScalingPoint] {
        sizes.map { size in
            let (rate, response) = hold(agents: size, seconds: seconds, seed: UInt64(size))
            let (mtba, spread) = (Double(size) / rate, 0.05 * response)
            return ScalingPoint(
                stage: "s",
                agents: Double(size),
                throughput: rate,
                mtba: mtba,
                parts: [
                    .target: .init(
                        value: response,
                        interval: Interval(low: response - spread, high: response + spread)
                    ),
                    .think: .init(value: mtba - response, interval: Interval(low: 0, high: mtba)),
                ]
            )
        }
    }

    /// What `seconds` show, after a fifth of them has gone by: completed services a second, and the mean time from
    /// asking for a server to being done.
    func hold(agents: Int, seconds: Double, seed: UInt64) -> (throughput: Double, response: Double) {
        var random = SeededRandom(seed: seed)
        let start = seconds / 5
        // Agents by the time at which they ask for a server; few enough to look through.
        var asking = (0..<agents).map { _ in think.draw(&random) + random.unit() * 1e-3 }
        var free = [Double](repeating: 0, count: servers)
        var (done, responses) = (0, 0.0)
        while let next = asking.indices.min(by: { asking[$0] < asking[$1] }), asking[next] < start + seconds,
            let server = free.indices.min(by: { free[$0] < free[$1] })
        {
            let end = max(asking[next], free[server]) + service.draw(&random)
            free[server] = end
            if (start..<start + seconds).contains(end) {
                done += 1
                responses += end - asking[next]
            }
            asking[next] = end + think.draw(&random)
        }
        return (Double(done) / seconds, responses / Double(done))
    }
}
