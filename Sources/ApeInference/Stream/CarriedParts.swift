import ApeCore

/// Gathers what goes back to the endpoint as it came, while an answer is streamed.
struct CarriedParts {
    /// Members, parts, items or blocks of one answer; more are left out.
    private static let maximumParts = 256

    /// A member of the model's message.
    private struct Member {
        var name: [UInt8]
        var kind: UInt8
        /// A string's raw bytes, a list's elements with commas between them, or any other value.
        var value: [UInt8]
    }

    private var members: [Member] = []
    /// Parts of a list of content, each as it came.
    private(set) var parts: [[UInt8]] = []
    /// Output items, with commas between them.
    private var items: [UInt8] = []
    private(set) var blocks: [ContentBlock] = []

    mutating func take(_ piece: CarriedPiece, of bytes: [UInt8]) {
        switch piece {
        case .member(let name, let value): add(name: bytes[name], value: bytes[value])
        case .part(let range): add(part: Array(bytes[range]))
        case .item(let range):
            if !items.isEmpty { items.append(UInt8(ascii: ",")) }
            items += bytes[range]
        case .block(let index, let range) where blocks.count < Self.maximumParts:
            blocks.append(ContentBlock(index: index, start: Array(bytes[range])))
        case .blockText(let index, let member, let range):
            guard let place = blocks.lastIndex(where: { $0.index == index }) else { return }
            blocks[place].append(bytes[range], to: member)
        case .block: break
        }
    }

    /// Takes raw text that comes beside the parts of a list; nothing where the content is a text alone.
    mutating func take(text: ArraySlice<UInt8>) {
        guard !parts.isEmpty, !text.isEmpty else { return }
        add(part: Array("{\"type\":\"text\",\"text\":\"".utf8) + text + Array("\"}".utf8))
    }

    private mutating func add(part: [UInt8]) {
        if parts.count < Self.maximumParts { parts.append(part) }
    }

    /// Takes the items of the answer's end, where none came before.
    mutating func take(late items: [Range<Int>], of bytes: [UInt8]) {
        guard self.items.isEmpty else { return }
        for item in items where !item.isEmpty { take(.item(item), of: bytes) }
    }

    private mutating func add(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        guard let kind = value.first else { return }
        let isText = kind == UInt8(ascii: "\"")
        let isList = kind == UInt8(ascii: "[")
        let inner = isText || isList ? value.dropFirst().dropLast() : value
        guard let place = members.firstIndex(where: { $0.name.elementsEqual(name) && $0.kind == kind }) else {
            guard members.count < Self.maximumParts else { return }
            members.append(Member(name: Array(name), kind: kind, value: Array(inner)))
            return
        }
        if isList, !members[place].value.isEmpty, !inner.isEmpty { members[place].value.append(UInt8(ascii: ",")) }
        if isText || isList { members[place].value += inner } else { members[place].value = Array(inner) }
    }

    /// The members, each with a comma before it.
    var memberBytes: [UInt8] {
        var bytes: [UInt8] = []
        for member in members {
            bytes += Array(",\"".utf8) + member.name + Array("\":".utf8)
            switch member.kind {
            case UInt8(ascii: "\""): bytes += [member.kind] + member.value + [member.kind]
            case UInt8(ascii: "["): bytes += Self.joined([member.kind] + member.value + Array("]".utf8))
            default: bytes += member.value
            }
        }
        return bytes
    }

    /// The content's parts; empty where the content is a text alone.
    var partBytes: [UInt8] {
        guard !parts.isEmpty else { return [] }
        var list: [UInt8] = [UInt8(ascii: "[")]
        for (number, part) in parts.enumerated() {
            if number > 0 { list.append(UInt8(ascii: ",")) }
            list += part
        }
        list.append(UInt8(ascii: "]"))
        return Self.joined(list)
    }

    var itemBytes: [UInt8] { items }

    /// A streamed list with neighbours joined that are pieces of one part: same type, same index, texts one after the
    /// other.
    private static func joined(_ list: [UInt8]) -> [UInt8] {
        guard let elements = try? JSONValue(parsing: list), case .array(let pieces) = elements else { return list }
        return JSONValue.array(JSONValue.joined(pieces)).utf8
    }
}

extension JSONValue {
    /// Members of a part that are streamed piece by piece.
    private static let streamed: Set<String> = ["text", "thinking", "summary", "data"]

    /// This part with its next piece; nil where the two are parts of their own.
    fileprivate func joined(with next: JSONValue) -> JSONValue? {
        guard var members = object, let more = next.object, self["type"] == next["type"],
            self["index"] == next["index"], self["id"] == next["id"] || next["id"] == nil || next["id"] == .null
        else { return nil }
        for member in more {
            switch (members[member.key], member.value) {
            case (.string(let text), .string(let rest)) where Self.streamed.contains(member.key):
                members[member.key] = .string(text + rest)
            case (.array(let list), .array(let rest)) where Self.streamed.contains(member.key):
                members[member.key] = .array(Self.joined(list + rest))
            case (_, .null): break
            default: members[member.key] = member.value
            }
        }
        return .object(members)
    }

    /// A list with the pieces of each part joined.
    fileprivate static func joined(_ list: [JSONValue]) -> [JSONValue] {
        list.reduce(into: []) { whole, piece in
            if let last = whole.last, let both = last.joined(with: piece) {
                whole[whole.count - 1] = both
            } else {
                whole.append(piece)
            }
        }
    }
}
