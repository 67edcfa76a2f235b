import ApeCore

/// Reads the fields of one JSON object, each held to its type and bounds.
package struct Fields {
    /// The object's name, for reasons.
    package let type: String
    package let object: JSONValue

    package init(type: String, object: JSONValue) {
        self.type = type
        self.object = object
    }

    package func integer(
        _ name: String,
        in range: ClosedRange<Int64> = WireLimit.counts
    ) throws(ApeError) -> Int64 {
        guard let value = object[name] else { throw missing(name) }
        return try Self.integer(value, "\(type).\(name)", in: range)
    }

    func optionalInteger(
        _ name: String,
        in range: ClosedRange<Int64> = WireLimit.counts
    ) throws(ApeError) -> Int64? {
        guard let value = object[name], value != .null else { return nil }
        return try Self.integer(value, "\(type).\(name)", in: range)
    }

    /// A moment of fleet time.
    package func time(_ name: String) throws(ApeError) -> FleetTime {
        FleetTime(micros: try integer(name, in: WireLimit.moments))
    }

    /// A length of time.
    package func length(_ name: String, in range: ClosedRange<Int64> = WireLimit.lengths) throws(ApeError) -> Micros {
        Micros(try integer(name, in: range))
    }

    package func int(_ name: String, in range: ClosedRange<Int64>) throws(ApeError) -> Int {
        Int(try integer(name, in: range))
    }

    package func text(_ name: String, atMost bytes: Int = WireLimit.nameBytes) throws(ApeError) -> String {
        guard let value = object[name] else { throw missing(name) }
        return try Self.text(value, "\(type).\(name)", atMost: bytes)
    }

    func optionalText(_ name: String, atMost bytes: Int = WireLimit.nameBytes) throws(ApeError) -> String? {
        guard let value = object[name], value != .null else { return nil }
        return try Self.text(value, "\(type).\(name)", atMost: bytes)
    }

    func optionalFlag(_ name: String) throws(ApeError) -> Bool {
        guard let value = object[name], value != .null else { return false }
        guard let flag = value.bool else { throw ApeError(.malformed, "\(type).\(name) is neither true nor false") }
        return flag
    }

    /// A run's or worker's identifier.
    package func identifier(_ name: String) throws(ApeError) -> String {
        let value = try text(name)
        guard Self.isIdentifier(value) else {
            throw ApeError(
                .malformed,
                "\(type).\(name) is not 1 to \(WireLimit.identifierCharacters) letters, digits, '.', '_' or '-'"
            )
        }
        return value
    }

    package func nonce(_ name: String) throws(ApeError) -> Nonce {
        guard let nonce = Nonce(text: try text(name)) else {
            throw ApeError(.malformed, "\(type).\(name) is not \(Nonce.bytes) bytes in base64")
        }
        return nonce
    }

    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        of kind: Choice.Type
    ) throws(ApeError) -> Choice where Choice.RawValue == String {
        let value = try text(name)
        guard let choice = Choice(rawValue: value) else {
            let allowed = kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ApeError(.malformed, "\(type).\(name) is none of \(allowed)")
        }
        return choice
    }

    package func nested(_ name: String) throws(ApeError) -> Fields {
        guard let value = object[name] else { throw missing(name) }
        guard case .object = value else { throw ApeError(.malformed, "\(type).\(name) is not an object") }
        return Fields(type: "\(type).\(name)", object: value)
    }

    package func optionalNested(_ name: String) throws(ApeError) -> Fields? {
        guard let value = object[name], value != .null else { return nil }
        return try nested(name)
    }

    package func missing(_ name: String) -> ApeError {
        ApeError(.malformed, "\(type).\(name) is missing")
    }

    static func integer(_ value: JSONValue, _ name: String, in range: ClosedRange<Int64>) throws(ApeError) -> Int64 {
        guard let number = value.integer else { throw ApeError(.malformed, "\(name) is not an integer") }
        guard range.contains(number) else {
            throw ApeError(.malformed, "\(name) is \(number), outside \(range.lowerBound)...\(range.upperBound)")
        }
        return number
    }

    static func text(_ value: JSONValue, _ name: String, atMost bytes: Int) throws(ApeError) -> String {
        guard let text = value.string else { throw ApeError(.malformed, "\(name) is not a string") }
        guard text.utf8.count <= bytes else { throw ApeError(.malformed, "\(name) has more than \(bytes) bytes") }
        return text
    }

    static func isIdentifier(_ text: String) -> Bool {
        (1...WireLimit.identifierCharacters).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
