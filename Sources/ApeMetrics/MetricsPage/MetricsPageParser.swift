import ApeCore

/// Reads a page of figures, line by line and strictly: a page with one line that is none is no page.
///
/// It is written for pages of strangers: every name, value and number is bounded, and no input makes it stop the program.
struct MetricsPageParser {
    /// The longest line, in bytes.
    static let maximumLineBytes = 64 * 1024
    static let maximumNameBytes = 256
    static let maximumLabels = 64

    private let bytes: [UInt8]
    private let isOpenMetrics: Bool
    private let isWanted: (String) -> Bool
    private var page = MetricsPage()
    private var seenNames: Set<String> = []
    private var seenSamples: Set<SampleKey> = []
    private var line = 0
    private var hasEnded = false
    private var lastName = ""
    private var lastIsWanted = false

    private struct SampleKey: Hashable {
        var name: String
        var labels: [MetricsPage.Label]
    }

    /// Reads a page.
    ///
    /// - Parameters:
    ///   - bytes: the page.
    ///   - isOpenMetrics: whether it says that it is OpenMetrics, which ends with `# EOF`.
    ///   - isWanted: whether samples of a name are kept.
    /// - Returns: the page.
    /// - Throws: ``MetricsPageFault`` with the line.
    static func read(
        _ bytes: [UInt8],
        isOpenMetrics: Bool,
        isWanted: @escaping (String) -> Bool
    ) throws(MetricsPageFault) -> MetricsPage {
        var parser = MetricsPageParser(bytes: bytes, isOpenMetrics: isOpenMetrics, isWanted: isWanted)
        try parser.run()
        return parser.page
    }

    private init(bytes: [UInt8], isOpenMetrics: Bool, isWanted: @escaping (String) -> Bool) {
        (self.bytes, self.isOpenMetrics, self.isWanted) = (bytes, isOpenMetrics, isWanted)
    }

    private mutating func run() throws(MetricsPageFault) {
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            line += 1
            var text = bytes[start..<end]
            if text.last == UInt8(ascii: "\r") { text.removeLast() }
            guard text.count <= Self.maximumLineBytes else { throw fault("it has \(text.count) bytes") }
            guard !hasEnded || text.isEmpty else { throw fault("something stands behind # EOF") }
            var cursor = MetricsPageCursor(text)
            cursor.skipBlanks()
            if cursor.peek == UInt8(ascii: "#") { try comment(&cursor) } else if !cursor.isAtEnd { try sample(&cursor) }
            start = min(bytes.endIndex, end + 1)
        }
        if isOpenMetrics, !hasEnded { throw fault("the page breaks off: # EOF is missing") }
    }

    /// `# TYPE` and `# EOF` count; `# HELP`, `# UNIT` and all else is for people.
    private mutating func comment(_ cursor: inout MetricsPageCursor) throws(MetricsPageFault) {
        cursor.advance()
        cursor.skipBlanks()
        switch cursor.word() {
        case "EOF" where cursor.isAtEnd: hasEnded = isOpenMetrics
        case "TYPE":
            cursor.skipBlanks()
            let isQuoted = cursor.peek == UInt8(ascii: "\"")
            let name = isQuoted ? try quoted(&cursor) : cursor.word()
            cursor.skipBlanks()
            let word = cursor.word()
            cursor.skipBlanks()
            let kind = word == "untyped" ? .unknown : MetricsPage.Kind(rawValue: word)
            guard isName(name, isQuoted: isQuoted), let kind, cursor.isAtEnd else {
                throw fault("its TYPE cannot be read")
            }
            guard page.kinds.count < MetricsPage.maximumNames else { return }
            guard page.kinds.updateValue(kind, forKey: name) == nil else {
                throw fault("the TYPE of \(name) stands twice")
            }
        default: return
        }
    }

    private mutating func sample(_ cursor: inout MetricsPageCursor) throws(MetricsPageFault) {
        var name = cursor.word(until: UInt8(ascii: "{"))
        cursor.skipBlanks()
        let isQuoted = name.isEmpty
        var labels: [MetricsPage.Label] = []
        if cursor.peek == UInt8(ascii: "{") {
            let read = try self.labels(&cursor)
            labels = read.labels
            if isQuoted { name = read.name ?? "" }
        }
        guard isName(name, isQuoted: isQuoted) else { throw fault("it does not begin with a name") }
        cursor.skipBlanks()
        let word = cursor.word()
        guard let value = Self.number(word) else { throw fault("the sample of \(name) has no number") }
        cursor.skipBlanks()
        if !cursor.isAtEnd, cursor.peek != UInt8(ascii: "#") {
            guard let stamp = Self.number(cursor.word()), stamp.isFinite else {
                throw fault("the time of the sample of \(name) is none")
            }
            cursor.skipBlanks()
        }
        // An exemplar of OpenMetrics is somebody's trace, and no figure.
        let isExemplar = isOpenMetrics && cursor.peek == UInt8(ascii: "#")
        guard cursor.isAtEnd || isExemplar else { throw fault("something stands behind the sample of \(name)") }
        try add(name, labels, value)
    }

    private mutating func add(
        _ name: String,
        _ labels: [MetricsPage.Label],
        _ value: Double
    ) throws(MetricsPageFault) {
        if name != lastName {
            lastName = name
            lastIsWanted = isWanted(name)
            if page.names.count < MetricsPage.maximumNames, seenNames.insert(name).inserted { page.names.append(name) }
        }
        guard lastIsWanted else { return }
        let labels = labels.sorted { $0.name < $1.name }
        guard seenSamples.insert(SampleKey(name: name, labels: labels)).inserted else {
            throw fault("the sample of \(name) stands twice")
        }
        guard page.samples.count < MetricsPage.maximumSamples else {
            throw fault("there are more than \(MetricsPage.maximumSamples) samples of what is asked for")
        }
        page.samples.append(.init(name: name, labels: labels, value: value))
    }

    /// Labels, and the name where it stands in quotes among them.
    private func labels(
        _ cursor: inout MetricsPageCursor
    ) throws(MetricsPageFault) -> (name: String?, labels: [MetricsPage.Label]) {
        cursor.advance()
        var name: String?
        var labels: [MetricsPage.Label] = []
        while true {
            cursor.skipBlanks()
            if cursor.take(UInt8(ascii: "}")) { return (name, labels) }
            let isQuoted = cursor.peek == UInt8(ascii: "\"")
            let label = isQuoted ? try quoted(&cursor) : cursor.word(until: UInt8(ascii: "="))
            cursor.skipBlanks()
            if cursor.take(UInt8(ascii: "=")) {
                cursor.skipBlanks()
                guard isName(label, isQuoted: isQuoted), labels.count < Self.maximumLabels else {
                    throw fault("its labels cannot be read")
                }
                let value = try quoted(&cursor)
                guard !labels.contains(where: { $0.name == label }) else {
                    throw fault("the label \(label) stands twice")
                }
                labels.append(.init(name: label, value: value))
            } else if isQuoted, name == nil, labels.isEmpty {
                name = label
            } else {
                throw fault("its labels cannot be read")
            }
            cursor.skipBlanks()
            guard cursor.take(UInt8(ascii: ",")) || cursor.peek == UInt8(ascii: "}") else {
                throw fault("its labels do not end")
            }
        }
    }

    private func quoted(_ cursor: inout MetricsPageCursor) throws(MetricsPageFault) -> String {
        guard let text = cursor.quoted() else { throw fault("a text in quotes cannot be read") }
        return text
    }

    /// A decimal number, `NaN` or an infinity, in any case.
    private static func number(_ word: String) -> Double? {
        guard !word.isEmpty, word.utf8.count <= 64 else { return nil }
        switch word.lowercased() {
        case "nan", "+nan", "-nan": return .nan
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: break
        }
        guard word.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }) else { return nil }
        return Double(word)
    }

    /// In quotes a name may hold any character.
    private func isName(_ name: String, isQuoted: Bool) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= Self.maximumNameBytes else { return false }
        return isQuoted
            || !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) && name.utf8.allSatisfy(Self.isNameByte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        default: false
        }
    }

    /// Names of strangers go into what people read.
    private func fault(_ message: String) -> MetricsPageFault {
        MetricsPageFault(line: max(1, line), message: PlainText.line(message))
    }
}

extension MetricsPage {
    /// Reads a page.
    ///
    /// - Parameters:
    ///   - bytes: the page, not compressed.
    ///   - isOpenMetrics: whether it says that it is OpenMetrics, which ends with `# EOF`.
    ///   - isWanted: whether samples of a name are kept.
    /// - Throws: ``MetricsPageFault`` with the line.
    package init(
        _ bytes: [UInt8],
        isOpenMetrics: Bool = false,
        isWanted: @escaping (String) -> Bool = { _ in true }
    ) throws(MetricsPageFault) {
        self = try MetricsPageParser.read(bytes, isOpenMetrics: isOpenMetrics, isWanted: isWanted)
    }
}
