/// JSON as applications really send it, read as browsers and the usual clients do: for answers of targets alone.
///
/// Beyond RFC 8259 it takes a byte order mark, UTF-16, strings that are not UTF-8 (read as windows-1252, of which Latin-1
/// is a part), a name that stands twice (the last one counts), `NaN` and `Infinity` (as texts), bare control characters in
/// strings, more levels, and what stands before the text to keep it from being run as a script, such as `)]}'`.
package enum ServedJSON {
    /// What is put before JSON against its inclusion as a script, longer ones first.
    private static let guards = [")]}',", ")]}'", "while(1);", "for(;;);"].map { Array($0.utf8) }

    /// The body's JSON text in UTF-8, to be scanned `asServed`: the body itself in nearly all cases.
    package static func text(of body: [UInt8]) -> [UInt8] {
        let text = ServedText.utf8(of: body, isJSON: true)
        guard let found = guards.first(where: { text.starts(with: $0) }) else { return text }
        return Array(text.dropFirst(found.count))
    }

    /// The body's value.
    ///
    /// - Throws: ``ApeError`` of code `json` with a sentence that says why there is none.
    package static func value(of body: [UInt8]) throws(ApeError) -> JSONValue {
        var scanner = JSONScanner(text(of: body), asServed: true)
        do {
            let value = try scanner.takeValue()
            try scanner.finish()
            return value
        } catch {
            guard scanner.depth <= JSONScanner.maximumServedDepth else {
                throw ApeError(.json, "the body is nested deeper than \(JSONScanner.maximumServedDepth) levels")
            }
            throw ApeError(.json, body.allSatisfy { $0 <= 0x20 } ? "the body is empty" : "the body is not JSON")
        }
    }
}
