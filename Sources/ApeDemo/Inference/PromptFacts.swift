import ApeCore

/// What the prompt says: which endpoints exist, and what the user wants.
struct PromptFacts: Sendable, Equatable {
    /// The most endpoints that are read.
    static let maximumEndpoints = 64

    struct Endpoint: Sendable, Equatable {
        var method: String
        var path: String
    }

    var endpoints: [Endpoint] = []
    var wantsToBuy = false
    var mentionsCart = false
    /// Whether the prompt offers a `username` that belongs to the session.
    var offersUsername = false

    init(_ request: ModelRequest) {
        var user: PromptFacts?
        for message in request.messages {
            if message.role == .assistant { break }
            guard let content = message.content else { continue }
            var part = PromptFacts()
            part.read(request.body[content])
            endpoints += part.endpoints.prefix(Self.maximumEndpoints - endpoints.count)
            offersUsername = offersUsername || part.offersUsername
            // The user's wishes take precedence over the system prompt's.
            if message.role == .user, part.wantsToBuy || part.mentionsCart, user == nil { user = part }
            wantsToBuy = wantsToBuy || part.wantsToBuy
            mentionsCart = mentionsCart || part.mentionsCart
        }
        if let user { (wantsToBuy, mentionsCart) = (user.wantsToBuy, user.mentionsCart) }
    }

    private init() {}

    /// Reads one message as it stands in the body, with its JSON escapes: endpoints from the lines that name one, words
    /// from all other lines.
    private mutating func read(_ text: ArraySlice<UInt8>) {
        var index = text.startIndex
        while index < text.endIndex {
            let start = index
            while index < text.endIndex, MemberText.isWord(text[index]) { index += 1 }
            if index == start {
                index += text[index] == UInt8(ascii: "\\") ? 2 : 1
                continue
            }
            if let path = path(after: index, in: text), let method = method(text[start..<index]) {
                if endpoints.count < Self.maximumEndpoints { endpoints.append(Endpoint(method: method, path: path)) }
                index = MemberText.find("\\n", in: text[index...]) ?? text.endIndex
            } else {
                note(text[start..<index])
            }
        }
    }

    private func method(_ word: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: word, as: UTF8.self)
        return ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(text) ? text : nil
    }

    private func path(after index: Int, in text: ArraySlice<UInt8>) -> String? {
        guard index + 1 < text.endIndex, text[index] == 0x20, text[index + 1] == UInt8(ascii: "/") else { return nil }
        let path = text[(index + 1)...].prefix { byte in
            byte > 0x20 && byte != UInt8(ascii: "\\") && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: ",")
                && byte != UInt8(ascii: ")") && byte != UInt8(ascii: "`")
        }
        // A colon or full stop after a path belongs to the sentence or list around it.
        let isPunctuation: (UInt8) -> Bool = { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        return String(
            decoding: path.prefix(upTo: (path.lastIndex { !isPunctuation($0) } ?? path.startIndex) + 1),
            as: UTF8.self
        )
    }

    private mutating func note(_ word: ArraySlice<UInt8>) {
        func isWord(_ wanted: StaticString) -> Bool {
            wanted.withUTF8Buffer { wanted in
                word.count == wanted.count && zip(word, wanted).allSatisfy { $0 | 0x20 == $1 | 0x20 }
            }
        }
        switch word.count {
        case 3: wantsToBuy = wantsToBuy || isWord("buy")
        case 4: mentionsCart = mentionsCart || isWord("cart")
        case 8:
            wantsToBuy = wantsToBuy || isWord("purchase")
            offersUsername = offersUsername || isWord("username")
        default: break
        }
    }
}
