import Glibc

/// `ape-bench`: what APE's own parts cost, one line of figures a measurement.
@main
enum Benchmark {
    static func main() async throws {
        raiseFileLimit()
        let arguments = Array(CommandLine.arguments.dropFirst(2))
        let isDone =
            switch CommandLine.arguments.dropFirst().first {
            case "transfer": await TransferBenchmark.run(arguments)
            case "agent": try await AgentBenchmark.run(arguments)
            default: false
            }
        guard isDone else {
            print("usage: \(TransferBenchmark.usage)\n       \(AgentBenchmark.usage)")
            exit(2)
        }
    }

    /// Allows as many connections as the system lets this process have.
    private static func raiseFileLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
