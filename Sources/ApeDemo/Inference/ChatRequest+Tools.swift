import ApeCore

extension ChatRequest {
    /// Reads the names of the offered tools, and the first target of the first one.
    static func tools(_ scanner: inout JSONScanner) throws(ApeError) -> (names: [String], target: String?) {
        guard scanner.peek() == UInt8(ascii: "[") else {
            try scanner.skipValue()
            return ([], nil)
        }
        var names: [String] = []
        var target: String?
        try scanner.scanArray { index, scanner throws(ApeError) in
            try function(&scanner) { key, scanner throws(ApeError) in
                switch key {
                case "name": names.append(try text(&scanner, "a tool's name"))
                case "parameters" where index == 0: target = try firstTarget(&scanner)
                default: try scanner.skipValue()
                }
            }
        }
        return (names, target)
    }

    /// The first value that a tool's schema allows for its `target` argument.
    private static func firstTarget(_ scanner: inout JSONScanner) throws(ApeError) -> String? {
        var target: String?
        try member("properties", &scanner) { scanner throws(ApeError) in
            try member("target", &scanner) { scanner throws(ApeError) in
                try member("enum", &scanner) { scanner throws(ApeError) in
                    target = try scanner.takeValue()[0]?.string
                }
            }
        }
        return target
    }

    /// Reads one member of an object and skips all others.
    private static func member(
        _ name: String,
        _ scanner: inout JSONScanner,
        _ body: (inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
        try scanner.scanObject { key, scanner throws(ApeError) in
            if key == name { try body(&scanner) } else { try scanner.skipValue() }
        }
    }

    /// Reads the members of the `function` object of a tool or a tool call.
    static func function(
        _ scanner: inout JSONScanner,
        _ member: (_ key: String, _ scanner: inout JSONScanner) throws(ApeError) -> Void
    ) throws(ApeError) {
        guard scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
        try scanner.scanObject { key, scanner throws(ApeError) in
            guard key == "function", scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue() }
            try scanner.scanObject(member)
        }
    }
}
