/// What somebody asks of a site.
package struct HTTPRequest: Sendable {
    /// Bytes of a body that are taken.
    package static let maximumBody = 64 * 1024

    /// `GET`, or what an endpoint of the site takes.
    package var method: String
    /// As it came: nothing in it is decoded.
    package var path: String
    /// By name, decoded; the first of each name.
    package var query: [String: String]
    package var body: [UInt8]
    /// The event that the reader of a stream saw last; nil for one that begins.
    package var lastEventID: String?
    /// What the reader takes, as it says; nil where it says nothing.
    package var accept: String?
    /// Whether whoever asks may control the program.
    package var mayControl: Bool

    package init(
        method: String = "GET",
        path: String,
        query: [String: String] = [:],
        body: [UInt8] = [],
        lastEventID: String? = nil,
        accept: String? = nil,
        mayControl: Bool = false
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.lastEventID = lastEventID
        self.accept = accept
        self.mayControl = mayControl
    }

    /// The parts of a query, decoded: at most 64 of them.
    ///
    /// - Parameter text: what follows the question mark.
    /// - Returns: each part by its name; nil where a name stands twice, since either could be meant.
    package static func parts(ofQuery text: String) -> [String: String]? {
        var parts: [String: String] = [:]
        for part in text.split(separator: "&", maxSplits: 64).prefix(64) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = decoded(sides[0])
            guard parts[name] == nil else { return nil }
            parts[name] = sides.count > 1 ? decoded(sides[1]) : ""
        }
        return parts
    }

    /// Percent signs that begin no escape stay what they are.
    private static func decoded(_ text: Substring) -> String {
        let bytes = Array(text.utf8)
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = hexadecimal(bytes[index + 1]), let low = hexadecimal(bytes[index + 2])
            {
                plain.append(high << 4 | low)
                index += 3
            } else {
                plain.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
