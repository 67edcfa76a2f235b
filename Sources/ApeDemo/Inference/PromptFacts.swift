import ApeCore

/// What the prompt says: which endpoints exist, and what the user wants.
struct PromptFacts: Sendable, Equatable {
    /// The most endpoints that are read.
    static let maximumEndpoints = 64

    private static let lastSystem = LastRead<PromptFacts>()
    private static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    struct Endpoint: Sendable, Equatable {
        /// Method and path, as a ``ShopRoute`` is written.
        var text: String
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
            let part = Self.facts(of: content, in: request.body, isShared: message.role == .system)
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

    /// Reads one message, or tells what was read of the same system prompt before.
    private static func facts(of content: Range<Int>, in body: [UInt8], isShared: Bool) -> PromptFacts {
        if isShared, let last = lastSystem.entry, last.text.count == content.count,
            ByteRun.agrees(last.text, 0, with: body, content.lowerBound, count: content.count)
        {
            return last.value
        }
        var facts = PromptFacts()
        facts.read(body[content])
        if isShared { lastSystem.keep(facts, of: body[content]) }
        return facts
    }

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
            if let end = endOfPath(after: index, in: text), isMethod(text[start..<index]) {
                let endpoint = Endpoint(text: String(decoding: text[start..<end], as: UTF8.self))
                if endpoints.count < Self.maximumEndpoints { endpoints.append(endpoint) }
                index = MemberText.find("\\n", in: text[index...]) ?? text.endIndex
            } else {
                note(text[start..<index])
            }
        }
    }

    private func isMethod(_ word: ArraySlice<UInt8>) -> Bool {
        Self.methods.contains(String(decoding: word, as: UTF8.self))
    }

    /// Where the path ends that a word is followed by; nil where none follows.
    private func endOfPath(after index: Int, in text: ArraySlice<UInt8>) -> Int? {
        guard index + 1 < text.endIndex, text[index] == 0x20, text[index + 1] == UInt8(ascii: "/") else { return nil }
        let path = text[(index + 1)...].prefix { byte in
            byte > 0x20 && byte != UInt8(ascii: "\\") && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: ",")
                && byte != UInt8(ascii: ")") && byte != UInt8(ascii: "`")
        }
        // A colon or full stop after a path belongs to the sentence or list around it.
        let isPunctuation: (UInt8) -> Bool = { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        return (path.lastIndex { !isPunctuation($0) } ?? path.startIndex) + 1
    }

    private mutating func note(_ word: ArraySlice<UInt8>) {
        switch word.count {
        case 3: wantsToBuy = wantsToBuy || MemberText.says(word, "buy")
        case 4: mentionsCart = mentionsCart || MemberText.says(word, "cart")
        case 8:
            wantsToBuy = wantsToBuy || MemberText.says(word, "purchase")
            offersUsername = offersUsername || MemberText.says(word, "username")
        default: break
        }
    }
}
