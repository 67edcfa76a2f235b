import ApeCore
import ApeTransfer

/// Takes the values that applications usually hand out from an answer, without being told to: tokens and identifiers.
///
/// Objects are looked into, arrays are not: which element of a list matters is the model's to say. `csrfToken` counts
/// as `csrf_token`, and the `id` of an `order` as `order_id`. Where a name stands twice, the one nearer to the root
/// wins.
enum UsualNames {
    /// Objects inside objects that are looked into.
    static let maximumDepth = 3
    /// Longer values are not taken.
    static let maximumValueBytes = SessionState.maximumValueBytes

    /// A value with its name and how deep it was found.
    private struct Found {
        var name: String
        var value: String
        var depth: Int
    }

    /// The values of a JSON body; empty for anything else.
    static func values(inJSON body: [UInt8]) -> [StateValue] {
        var found: [Found] = []
        var scanner = JSONScanner(ServedJSON.text(of: body), asServed: true)
        guard scanner.peek() == UInt8(ascii: "{") else { return [] }
        do throws(ApeError) {
            try walk(&scanner, parent: nil, depth: 0, &found)
        } catch {
            /// What was found before the fault, in a body that was cut short, is as good as ever.
        }
        return found.map { StateValue(name: $0.name, value: $0.value) }
    }

    /// The values of a JSON body that was parsed already.
    static func values(in document: JSONValue) -> [StateValue] {
        var found: [Found] = []
        if let members = document.object { walk(members, parent: nil, depth: 0, &found) }
        return found.map { StateValue(name: $0.name, value: $0.value) }
    }

    /// The cookies whose value frameworks want sent back in a header: Laravel's, Angular's and Spring's, and Django's.
    private static let tokenCookies = ["xsrf-token", "csrftoken"]

    /// The values of an answer's headers, and whether each came from a cookie.
    static func values(inHeadersOf response: TransferResponse) -> [(value: StateValue, isCookie: Bool)] {
        var cookies: [SetCookie] = []
        var found: [(StateValue, Bool)] = []
        for header in response.headers.values(ofAny: ["set-cookie", "x-csrf-token", "location"]) {
            switch header.place {
            case 0:
                let name = header.value.prefix { $0 != "=" }
                guard tokenCookies.contains(name.lowercased()),
                    let cookie = SetCookie(header.value, date: response.header("date"))
                else { continue }
                cookies.append(cookie)
            case 1: found.append((StateValue(name: "csrf_token", value: header.value), false))
            default: found.append((StateValue(name: Capture.addressName, value: header.value), false))
            }
        }
        if let value = SetCookie.value(cookies), !value.isEmpty {
            found.insert((StateValue(name: "csrf_token", value: value), true), at: 0)
        }
        return found
    }

    private static func walk(
        _ scanner: inout JSONScanner,
        parent: Range<Int>?,
        depth: Int,
        _ found: inout [Found]
    ) throws(ApeError) {
        try scanner.walkObject { key, scanner throws(ApeError) in
            switch scanner.peek() {
            case UInt8(ascii: "{") where depth < maximumDepth:
                try walk(&scanner, parent: key, depth: depth + 1, &found)
            case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
                try scanner.skipValue()
            default:
                let bytes = scanner.bytes
                guard mayMatter(bytes[key]), let name = name(bytes[key], parent: parent.map { bytes[$0] }) else {
                    return try scanner.skipValue()
                }
                guard let value = try scanner.takeValue().scalarText, !value.isEmpty,
                    value.utf8.count <= maximumValueBytes
                else { return }
                add(Found(name: name, value: value, depth: depth), to: &found)
            }
        }
    }

    private static func walk(_ members: JSONObject, parent: String?, depth: Int, _ found: inout [Found]) {
        for (key, value) in members {
            switch value {
            case .object(let inner):
                if depth < maximumDepth { walk(inner, parent: key, depth: depth + 1, &found) }
            case .string, .integer, .number, .exact:
                let parent = parent.map { Array($0.utf8)[...] }
                guard mayMatter(key.utf8), let name = name(Array(key.utf8)[...], parent: parent),
                    let text = value.scalarText, !text.isEmpty, text.utf8.count <= maximumValueBytes
                else { continue }
                add(Found(name: name, value: text, depth: depth), to: &found)
            case .array, .bool, .null: break
            }
        }
    }

    private static func add(_ new: Found, to found: inout [Found]) {
        guard !noNumbers.contains(new.value) else { return }
        guard let place = found.firstIndex(where: { $0.name == new.name }) else { return found.append(new) }
        if new.depth < found[place].depth { found[place] = new }
    }

    /// What some servers write for a number that there is not.
    private static let noNumbers: Set<String> = ["NaN", "Infinity", "-Infinity"]

    /// The usual name that a member's key stands for.
    private static func name(_ key: ArraySlice<UInt8>, parent: ArraySlice<UInt8>?) -> String? {
        let name = snakeCase(key)
        if name == "id", let parent {
            let joined = snakeCase(parent) + "_id"
            if Capture.usualNames.contains(joined) { return joined }
        }
        return Capture.usualNames.contains(name) ? name : nil
    }

    /// All usual names end with `id` or `token`: most keys are told apart without building a text.
    private static func mayMatter(_ key: some BidirectionalCollection<UInt8>) -> Bool {
        guard key.count <= 32, let last = key.last else { return false }
        return last | 0x20 == UInt8(ascii: "d") || last | 0x20 == UInt8(ascii: "n")
    }

    private static func snakeCase(_ key: ArraySlice<UInt8>) -> String {
        var name: [UInt8] = []
        var wasCapital = true
        for byte in key {
            let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            if isCapital, !wasCapital { name.append(UInt8(ascii: "_")) }
            wasCapital = isCapital
            name.append(isCapital ? byte | 0x20 : byte == UInt8(ascii: "-") ? UInt8(ascii: "_") : byte)
        }
        return String(decoding: name, as: UTF8.self)
    }
}
