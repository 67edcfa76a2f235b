import ApeCore
import ApeDemo
import ArgumentParser
import Glibc

extension DemoCommand {
    /// What the demo shop takes.
    struct ShopFlags: ParsableArguments {
        @Option(
            help: ArgumentHelp("The mean time an answer takes. (default: 20ms)", valueName: "duration"),
            transform: DurationFlag.init(flag:)
        )
        var latency = DurationFlag(micros: 20_000)

        @Option(
            help: ArgumentHelp("The share of requests answered 500 or 503, 0 to 1. (default: 0)", valueName: "share"),
            transform: ShareFlag.init(flag:)
        )
        var errorRate = ShareFlag(share: 0)

        @Option(
            help: ArgumentHelp(
                "Give one route its own mean time, such as \"GET /api/products/{id}=800ms\"; repeatable.",
                valueName: "route=duration"
            )
        )
        var slowRoute: [String] = []

        @Option(
            help: ArgumentHelp(
                "Answer a share of one route's requests with 503, such as \"POST /api/checkout=0.2\"; repeatable.",
                valueName: "route=share"
            )
        )
        var errorRoute: [String] = []

        init() {}

        func configuration(seed: UInt64) throws -> DemoShop.Configuration {
            var configuration = DemoShop.Configuration()
            configuration.latencyMicros = latency.micros
            configuration.errorRate = errorRate.share
            configuration.seed = seed
            for text in slowRoute {
                let (route, value) = try Self.split(text, flag: "--slow-route")
                try configuration.slow(route, latencyMicros: DurationFlag(flag: value).micros)
            }
            for text in errorRoute {
                let (route, value) = try Self.split(text, flag: "--error-route")
                try configuration.fail(route, share: ShareFlag(flag: value).share)
            }
            return configuration
        }

        private static func split(_ text: String, flag: String) throws -> (route: String, value: String) {
            guard let equals = text.lastIndex(of: "=") else {
                throw ValidationError("\(flag) '\(text)' must read ROUTE=VALUE, such as \"GET /api/products/{id}=…\"")
            }
            return (String(text[..<equals]), String(text[text.index(after: equals)...]))
        }
    }

    /// What the simulated inference endpoint takes.
    struct InferenceFlags: ParsableArguments {
        @Option(
            help: ArgumentHelp("The mean time to the first token. (default: 300ms)", valueName: "duration"),
            transform: DurationFlag.init(flag:)
        )
        var ttft = DurationFlag(micros: 300_000)

        @Option(help: ArgumentHelp("Tokens a second after the first.", valueName: "number"))
        var tokenRate = 150.0

        @Option(
            help: ArgumentHelp("Answers generated at once, the others waiting; 0 for no limit.", valueName: "number")
        )
        var slots = 0

        @Option(
            help: ArgumentHelp("The share of requests answered 429, 0 to 1. (default: 0)", valueName: "share"),
            transform: ShareFlag.init(flag:)
        )
        var rateLimit = ShareFlag(share: 0)

        @Option(
            help: ArgumentHelp(
                "The share of decisions that are invalid tool calls, 0 to 1. (default: 0)",
                valueName: "share"
            ),
            transform: ShareFlag.init(flag:)
        )
        var mistakes = ShareFlag(share: 0)

        @Option(
            help: ArgumentHelp("The share of answers that break off, 0 to 1. (default: 0)", valueName: "share"),
            transform: ShareFlag.init(flag:)
        )
        var streamErrors = ShareFlag(share: 0)

        @Option(help: ArgumentHelp("Demand the API key that this environment variable holds.", valueName: "name"))
        var apiKeyEnv: String?

        @Option(
            help: ArgumentHelp(
                "The reasoning that answers begin with; signed refuses a history that lacks or changes it.",
                valueName: "kind"
            )
        )
        var reasoning = SimulatedInference.Reasoning.none

        @Flag(help: "Answer 400 to unknown members, and to calls, results and messages that do not fit together.")
        var strictMembers = false

        @Flag(help: "Send Cerebras-like time_info at the end of each answer.")
        var timeInfo = false

        @Flag(help: "Send ape_sent_us, the time of writing in microseconds of CLOCK_BOOTTIME, in each event.")
        var timestamps = false

        init() {}

        func configuration(seed: UInt64) throws -> SimulatedInference.Configuration {
            guard tokenRate.isFinite, tokenRate >= 0.1, tokenRate <= 1_000_000 else {
                throw ValidationError("--token-rate must be 0.1 to 1000000 tokens a second")
            }
            guard (0...SlotLimits.maximum).contains(slots) else {
                throw ValidationError("--slots must be 0 to \(SlotLimits.maximum)")
            }
            var configuration = SimulatedInference.Configuration()
            configuration.ttftMicros = ttft.micros
            configuration.tokensPerSecond = tokenRate
            configuration.slots = slots
            configuration.rateLimitShare = rateLimit.share
            configuration.mistakeShare = mistakes.share
            configuration.streamErrorShare = streamErrors.share
            configuration.seed = seed
            configuration.reasoning = reasoning
            configuration.hasStrictMembers = strictMembers
            configuration.sendsTimeInfo = timeInfo
            configuration.sendsTimestamps = timestamps
            if let apiKeyEnv {
                guard let key = getenv(apiKeyEnv), key.pointee != 0 else {
                    throw ValidationError("--api-key-env: the environment variable \(apiKeyEnv) is not set or empty")
                }
                configuration.apiKey = String(cString: key)
            }
            return configuration
        }
    }

    private enum SlotLimits {
        static let maximum = 1_000_000
    }
}

extension DemoCommand.ShopFlags {
    /// The same knobs as arguments for another process.
    var arguments: [String] {
        ["--latency", "\(latency.micros)us", "--error-rate", "\(errorRate.share)"]
            + slowRoute.flatMap { ["--slow-route", $0] } + errorRoute.flatMap { ["--error-route", $0] }
    }
}

extension DemoCommand.InferenceFlags {
    /// The same knobs as arguments for another process.
    var arguments: [String] {
        ["--ttft", "\(ttft.micros)us", "--token-rate", "\(tokenRate)", "--slots", "\(slots)"]
            + ["--rate-limit", "\(rateLimit.share)", "--mistakes", "\(mistakes.share)"]
            + ["--stream-errors", "\(streamErrors.share)"] + (apiKeyEnv.map { ["--api-key-env", $0] } ?? [])
            + ["--reasoning", reasoning.rawValue] + (strictMembers ? ["--strict-members"] : [])
            + (timeInfo ? ["--time-info"] : []) + (timestamps ? ["--timestamps"] : [])
    }
}

extension SimulatedInference.Reasoning: ExpressibleByArgument {}
