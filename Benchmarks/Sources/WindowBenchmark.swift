import ApeCore

/// What a coordinator spends on the windows of a whole fleet: its machine, and the account of the run, without network and
/// disk.
struct WindowBenchmark {
    private let workers: Int
    private let seconds: Int

    /// - Throws: ``BenchmarkFault`` for settings that are missing or cannot be.
    init(_ settings: Settings) throws(BenchmarkFault) {
        workers = try settings.number("workers", in: 1...10_000)
        seconds = try settings.number("seconds", in: 1...600)
    }

    /// Measures.
    ///
    /// - Returns: the figures.
    /// - Throws: ``BenchmarkFault`` where a window was not counted, or a figure cannot be read.
    func measure() throws -> JSONValue {
        let meter = try UsageMeter()
        var load = CoordinatorLoad(workers: workers)
        var micros: Int64 = 0
        for _ in 0..<seconds {
            let lines = load.lines()
            let before = try meter.now
            load.second(lines)
            micros += try meter.now.cpuMicros - before.cpuMicros
        }
        load.settle()
        let windows = workers * seconds
        guard load.counted == windows else {
            throw BenchmarkFault("of \(windows) windows \(load.counted) were counted")
        }
        return [
            "workers": .integer(Int64(workers)), "windows": .integer(Int64(windows)),
            "bytes_per_window": .integer(Int64(load.windowBytes / windows)),
            "cpu_us_per_window": .tenths(Double(micros) / Double(windows)),
            "cores": .number((Double(micros) / 1e6 / Double(seconds) * 1000).rounded() / 1000),
        ]
    }
}
