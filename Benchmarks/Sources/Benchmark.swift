import ApeCore
import Glibc

/// `ape-bench`: what APE's own parts cost. It prints one line of JSON a measurement, and nothing where one failed.
@main
enum Benchmark {
    private static let usage = """
        usage: ape-bench transfer url=URL agents=N rounds=N bytes=N [kind=get|stream] [body_bytes=N] [ca_file=FILE http=1|2]
               ape-bench agent inference=URL target=URL agents=N steps=N [seconds=N] [think_us=N] [memory_steps=N]
               ape-bench agent inference=URL target=URL agents=N steps=N sessions=N
               ape-bench windows workers=N seconds=N
        """

    static func main() async {
        do {
            let settings = try Settings(CommandLine.arguments.dropFirst(2))
            let figures =
                switch CommandLine.arguments.dropFirst().first {
                case "transfer": try await TransferBenchmark(settings).measure()
                case "agent": try await AgentBenchmark(settings).measure()
                case "windows": try WindowBenchmark(settings).measure()
                default: throw BenchmarkFault(usage)
                }
            print(figures.text)
        } catch {
            let words = Array("ape-bench: \(error)\n".utf8)
            _ = write(STDERR_FILENO, words, words.count)
            exit(1)
        }
    }
}

/// Why there is no figure.
struct BenchmarkFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
