import ApeCore
import ApeMetrics

/// A page of metrics in Prometheus' text format, version 0.0.4. Samples of one family stand together, below its `HELP`
/// and `TYPE` lines.
package struct Exposition: Sendable, MetricSink {
    /// What HTTP calls the format.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The page so far; every line ends with a newline.
    package private(set) var text = ""
    private var current: MetricFamily?
    /// The samples of the current family. Names of peers that differ in what is no word alone are one name here, and a page
    /// with one sample twice is refused as a whole.
    private var samples: Set<String> = []

    package init() {}

    /// A sample with a whole number, one value for each of the family's labels.
    package mutating func add(_ family: MetricFamily, at labels: [String], _ value: Int64) {
        begin(family)
        line(family.name, zip(family.labels, labels), "\(value)")
    }

    /// A sample with any number.
    package mutating func add(_ family: MetricFamily, at labels: [String], number: Double) {
        begin(family)
        line(family.name, zip(family.labels, labels), Self.text(of: number))
    }

    /// A histogram: a line for each bound with all samples up to it, one for all, and the sum and count.
    package mutating func add(_ family: MetricFamily, at labels: [String], _ buckets: LatencyBuckets) {
        begin(family)
        let pairs = Array(zip(family.labels, labels))
        for (bound, count) in zip(LatencyBuckets.boundsMicros, buckets.cumulative) {
            let le = Self.text(of: Double(bound) / 1_000_000)
            line(family.name + "_bucket", pairs + [("le", le)], "\(count)")
        }
        line(family.name + "_bucket", pairs + [("le", "+Inf")], "\(buckets.count)")
        line(family.name + "_sum", pairs, Self.text(of: Double(buckets.sumMicros) / 1_000_000))
        line(family.name + "_count", pairs, "\(buckets.count)")
    }

    private mutating func begin(_ family: MetricFamily) {
        guard current != family else { return }
        current = family
        samples.removeAll(keepingCapacity: true)
        text += "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n"
        text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
    }

    private mutating func line(_ name: String, _ labels: some Sequence<(String, String)>, _ value: String) {
        let pairs = labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
        let sample = name + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}")
        if samples.insert(sample).inserted { text += "\(sample) \(value)\n" }
    }

    /// A line of words in which backslashes, and in a label's value double quotes, have a backslash before them.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in PlainText.line(text).unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A number without a needless fraction.
    private static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}
