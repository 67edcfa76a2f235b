import ApeMetrics

/// A family of metrics as Prometheus knows it: one name, one kind, one sentence, and the labels of its samples.
package struct MetricFamily: Sendable, Hashable {
    package enum Kind: String, Sendable {
        /// It only grows.
        case counter
        case gauge
        case histogram
        /// A gauge whose name ends like a part of a histogram, which a gauge's may not.
        case untyped
    }

    package var name: String
    package var kind: Kind
    /// A sentence for whoever reads the page.
    package var help: String
    /// The names of its labels, in the order in which samples give their values.
    package var labels: [String]

    package init(_ name: String, _ kind: Kind, _ help: String, labels: [String] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
    }
}
