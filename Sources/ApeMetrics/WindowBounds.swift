import ApeCore

/// What a window may hold. A worker writes nothing beyond it; a coordinator and a store read nothing beyond it.
///
/// Each bound is far above what can be measured. Sums over a run may still reach the end of 64 bits, so they are clamped.
package enum WindowBounds {
    /// The greatest integer: 2^53 - 1, which every JSON library reads exactly.
    package static let greatest: Int64 = 9_007_199_254_740_991
    /// What is counted, summed up or measured in bytes.
    package static let counts: ClosedRange<Int64> = 0...greatest
    /// Fleet time, in microseconds since 1970: until the year 2255.
    package static let moments: ClosedRange<Int64> = 0...greatest
    /// A window's own length in microseconds: from one second to a day.
    package static let lengths: ClosedRange<Int64> = second...86_400 * second
    /// A window's number within its run.
    package static let numbers: ClosedRange<Int64> = 1...greatest
    /// A stage's index in the plan.
    package static let stages: ClosedRange<Int64> = 0...9_999
    /// Sessions are numbered from a revision x 2^20, which still fits 64 bits.
    package static let revisions: ClosedRange<Int64> = 0...Int64(Int32.max)
    /// Agents of a fleet.
    package static let agents: ClosedRange<Int64> = 0...10_000_000
    /// A length of time in which something was late, in microseconds: up to a day.
    package static let lags: ClosedRange<Int64> = 0...86_400 * second
    /// A share of CPU or memory. Rounding may take it a little over 100.
    package static let percents: ClosedRange<Double> = 0...1_000
    /// Bytes of the name of a counter or a series, its label included.
    package static let nameBytes = 1024
    /// Bytes of a label's value; a longer one is shortened where it is made.
    package static let labelBytes = 512

    private static let second: Int64 = 1_000_000
}

extension Window {
    /// What of the window is beyond its bounds, in words; nil for nothing.
    package var excess: String? {
        let integers: [(String, Int64, ClosedRange<Int64>)] = [
            ("seq", seq, WindowBounds.numbers), ("stage", Int64(stage), WindowBounds.stages),
            ("revision", Int64(revision), WindowBounds.revisions),
            ("start_us", startMicros, WindowBounds.moments), ("end_us", endMicros, WindowBounds.moments),
            ("agents.assigned", Int64(assigned), WindowBounds.agents),
            ("agents.active", Int64(active), WindowBounds.agents),
            ("agents.stalled", Int64(stalled), WindowBounds.agents),
            ("agents.waiting", Int64(waiting), WindowBounds.agents),
            ("host.process_memory_bytes", host.processMemoryBytes, WindowBounds.counts),
            ("host.loop_lag_p99_us", host.loopLagP99Micros, WindowBounds.lags),
            ("host.loop_lag_mean_us", host.loopLagMeanMicros, WindowBounds.lags),
        ]
        for (name, value, range) in integers where !range.contains(value) {
            return "\(name) is \(value), outside \(range.lowerBound)...\(range.upperBound)"
        }
        let shares = [host.cpuPercent, host.memoryPercent, host.processCPUPercent]
        guard shares.allSatisfy(WindowBounds.percents.contains) else { return "a share of the host is no percentage" }
        guard startMicros % 1_000_000 == 0, endMicros % 1_000_000 == 0,
            WindowBounds.lengths.contains(endMicros - startMicros)
        else { return "start_us and end_us are not two rising whole seconds, at most a day apart" }
        return measuresExcess
    }

    private var measuresExcess: String? {
        for (name, number) in counters {
            guard name.rawValue.utf8.count <= WindowBounds.nameBytes else { return Self.longName }
            guard WindowBounds.counts.contains(number) else { return "a counter is no count: \(number)" }
        }
        for (name, histogram) in series {
            guard name.rawValue.utf8.count <= WindowBounds.nameBytes else { return Self.longName }
            guard WindowBounds.counts.contains(histogram.count), WindowBounds.counts.contains(histogram.sumMicros)
            else {
                return "a series has too great a count or sum"
            }
        }
        return nil
    }

    private static let longName = "a name has more than \(WindowBounds.nameBytes) bytes"
}
