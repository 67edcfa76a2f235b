import ApeTestKit
import Glibc

/// Measures the CPU time that a coordinator's state machine spends on windows, and a worker on writing them.
enum WindowLoad {
    private static let seconds = 10

    static func run(workers: Int) {
        var load = CoordinatorLoad(workers: workers)
        var (writing, decoding, reading) = (0.0, 0.0, 0.0)
        for _ in 0..<seconds {
            let start = cpuSeconds()
            let lines = load.lines()
            let written = cpuSeconds()
            CoordinatorLoad.decode(lines)
            let decoded = cpuSeconds()
            load.second(lines)
            writing += written - start
            decoding += decoded - written
            reading += cpuSeconds() - decoded
        }
        let windows = Double(workers * seconds)
        print("\(workers) workers, \(seconds) seconds, \(load.windowBytes / Int(windows)) bytes a window")
        print("writing one: \(tenths(writing / windows * 1e6)) us")
        print("reading one: \(tenths(decoding / windows * 1e6)) us")
        print("taking one in, with its share of pings, pongs, acks and splits: \(tenths(reading / windows * 1e6)) us")
        print("the coordinator's machine: \(tenths(reading / Double(seconds) * 100)) % of a core")
    }

    private static func tenths(_ number: Double) -> Double { (number * 10).rounded() / 10 }

    /// Processor time of this process.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
