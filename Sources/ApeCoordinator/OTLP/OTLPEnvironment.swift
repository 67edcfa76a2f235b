import ApeCore

/// Reads the variables that OpenTelemetry's exporters share; what cannot be followed becomes a warning.
struct OTLPEnvironment {
    private static let prefix = "OTEL_EXPORTER_OTLP_"
    private static let greatestMillis: Int64 = 3_600_000
    /// Pairs of one list.
    private static let greatestPairs = 64

    private let variables: [String: String]
    private(set) var warnings: [String] = []

    init(_ variables: [String: String]) {
        self.variables = variables
    }

    /// Whether it names any place to send to.
    var namesEndpoint: Bool {
        text(Self.prefix + "ENDPOINT") != nil
            || OTLPSettings.Signal.allCases.contains { text(of: $0, "ENDPOINT") != nil }
    }

    mutating func warn(_ words: String) {
        if !warnings.contains(words) { warnings.append(words) }
    }

    /// A variable's text; nil where it is not set, or empty.
    func text(_ name: String) -> String? {
        variables[name].map(\.trimmed).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The variable of one signal.
    func text(of signal: OTLPSettings.Signal, _ name: String) -> String? {
        text("\(Self.prefix)\(signal.rawValue.uppercased())_\(name)")
    }

    /// The variable of one signal, or else that of all.
    func either(_ signal: OTLPSettings.Signal, _ name: String) -> String? {
        text(of: signal, name) ?? text(Self.prefix + name)
    }

    func isTrue(_ name: String) -> Bool { text(name)?.lowercased() == "true" }

    /// Whether the environment says that a signal goes nowhere, or, where nobody asked for it, by another protocol.
    func isOff(_ signal: OTLPSettings.Signal, wasAsked: Bool) -> Bool {
        guard let name = text("OTEL_\(signal.rawValue.uppercased())_EXPORTER") else { return false }
        if wasAsked { return name == "none" }
        return !name.split(separator: ",").contains { String($0).trimmed == "otlp" }
    }

    mutating func headers(of signal: OTLPSettings.Signal) -> [(name: String, value: String)] {
        let pairs = self.pairs(either(signal, "HEADERS") ?? "", of: Self.prefix + "HEADERS")
        return pairs.filter { name, value in
            let isToken = !name.isEmpty && name.utf8.allSatisfy { Self.isToken($0) }
            let isLine = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            if !isToken || !isLine { warn("A header of \(Self.prefix)HEADERS is not one, and is not sent") }
            return isToken && isLine
        }
    }

    /// Attributes by `OTEL_RESOURCE_ATTRIBUTES`, over which `OTEL_SERVICE_NAME` wins.
    mutating func resource() -> [(name: String, value: String)] {
        let pairs = self.pairs(text("OTEL_RESOURCE_ATTRIBUTES") ?? "", of: "OTEL_RESOURCE_ATTRIBUTES")
        return pairs + (text("OTEL_SERVICE_NAME").map { [("service.name", $0)] } ?? [])
    }

    mutating func timeoutMicros(of signal: OTLPSettings.Signal) -> Int64 {
        guard let text = either(signal, "TIMEOUT") else { return OTLPSettings.usualTimeoutMicros }
        return millis(text, Self.prefix + "TIMEOUT") ?? OTLPSettings.usualTimeoutMicros
    }

    mutating func intervalMicros(usual: Int64) -> Int64 {
        guard let text = text("OTEL_METRIC_EXPORT_INTERVAL") else { return usual }
        return millis(text, "OTEL_METRIC_EXPORT_INTERVAL") ?? usual
    }

    mutating func checkCompression(of signal: OTLPSettings.Signal) {
        guard let name = either(signal, "COMPRESSION"), name != "none" else { return }
        warn("\(Self.prefix)COMPRESSION is \(name): what is sent is not compressed")
    }

    private mutating func millis(_ text: String, _ name: String) -> Int64? {
        guard let millis = Int64(text), (1...Self.greatestMillis).contains(millis) else {
            warn("\(name) is not a number of milliseconds from 1 to \(Self.greatestMillis)")
            return nil
        }
        return millis * 1_000
    }

    /// `name=value` by commas, with values as URLs encode them.
    private mutating func pairs(_ text: String, of variable: String) -> [(name: String, value: String)] {
        let parts = text.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
        var pairs: [(name: String, value: String)] = []
        for part in parts.prefix(Self.greatestPairs) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { String($0).trimmed }
            guard sides.count == 2, !sides[0].isEmpty, let name = Self.decoded(sides[0]),
                let value = Self.decoded(sides[1])
            else {
                warn("\(variable) has a part that is not name=value, which is left out")
                continue
            }
            pairs.append((name, value))
        }
        if parts.count > Self.greatestPairs { warn("\(variable) has more than \(Self.greatestPairs) parts") }
        return pairs
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// The text with `%XX` resolved; nil where that is no text any more.
    private static func decoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self).lowercased()
            guard digits.utf8.count == 2, let number = Hexadecimal.number(digits) else { return nil }
            bytes.append(UInt8(truncatingIfNeeded: number))
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension String {
    /// Without white space around it.
    fileprivate var trimmed: String {
        var part = self[...]
        while part.first?.isWhitespace == true { part.removeFirst() }
        while part.last?.isWhitespace == true { part.removeLast() }
        return String(part)
    }
}
