/// A server's own figures at one moment, as it shows them in Prometheus' text format 0.0.4 or in OpenMetrics 1.0.
package struct MetricsPage: Sendable, Equatable {
    /// One figure with its labels.
    package struct Sample: Sendable, Equatable {
        package var name: String
        /// By name, no name twice.
        package var labels: [Label]
        /// It may be no number, or infinite.
        package var value: Double
    }

    /// A label of a sample.
    package struct Label: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    /// What kind of figure a family of samples is.
    package enum Kind: String, Sendable, CaseIterable {
        case counter
        case gauge
        case histogram
        case summary
        case gaugehistogram
        case info
        case stateset
        /// OpenMetrics calls `unknown` what Prometheus' format calls `untyped`.
        case unknown
    }

    /// Those that were asked for, in the page's order.
    package internal(set) var samples: [Sample] = []
    /// By the family's name.
    package internal(set) var kinds: [String: Kind] = [:]
    /// The names of all samples, each once, in the page's order, as far as ``maximumNames`` go.
    package internal(set) var names: [String] = []

    /// The most names that are told.
    static let maximumNames = 10_000
    /// The most samples that are kept: more belong to no one figure.
    static let maximumSamples = 20_000

    init() {}

    /// What kind of figure a sample of this name is: by the page's own word, else by the name's end.
    package func kind(of name: String) -> Kind {
        if let kind = kinds[name] {
            return kind
        }
        for suffix in ["_total", "_count", "_sum", "_bucket"] where name.hasSuffix(suffix) {
            // Counts and sums of a histogram are counters, and so is what OpenMetrics calls a counter's total.
            let family = kinds[String(name.dropLast(suffix.count))]
            if family == .gaugehistogram { return .gauge }
            return .counter
        }
        return .unknown
    }
}

/// What is wrong with a page of figures.
package struct MetricsPageFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// From 1.
    package var line: Int
    package var message: String

    package var description: String { "line \(line): \(message)" }
}
