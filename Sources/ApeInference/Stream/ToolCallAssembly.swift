import ApeCore

/// Puts the tool calls of one answer together from their fragments.
struct ToolCallAssembly {
    /// Calls in one answer; more end the stream as malformed.
    static let maximumCalls = 16

    private struct Draft {
        var index: Int64?
        var id: [UInt8] = []
        var name: [UInt8] = []
        var arguments = ArgumentsAssembly()
        var extra: [UInt8] = []
    }

    private var drafts: [Draft] = []

    var isEmpty: Bool { drafts.isEmpty }
    /// Whether at least one call's arguments are whole.
    private(set) var hasComplete = false

    /// Adds a fragment of `bytes`.
    mutating func add(_ fragment: StreamDelta.ToolFragment, of bytes: [UInt8]) throws(StreamFailure) {
        let id = bytes[fragment.id]
        let name = bytes[fragment.name]
        let place = try place(of: fragment, id: id, name: name)
        if drafts[place].id.isEmpty { drafts[place].id = Array(id) }
        if drafts[place].arguments.isEmpty, !drafts[place].name.elementsEqual(name) {
            drafts[place].name.append(contentsOf: name)
        }
        if !fragment.extra.isEmpty { drafts[place].extra = Array(bytes[fragment.extra]) }
        if fragment.replacesArguments { drafts[place].arguments = ArgumentsAssembly() }
        if fragment.argumentsAreObject {
            drafts[place].arguments.add(object: bytes[fragment.arguments])
        } else if !fragment.arguments.isEmpty {
            drafts[place].arguments.add(string: bytes[fragment.arguments])
        }
        hasComplete = hasComplete || drafts[place].arguments.isComplete
    }

    /// Where a fragment belongs: to the draft of its index, else to the last one, unless it begins a call of its own.
    private mutating func place(
        of fragment: StreamDelta.ToolFragment,
        id: ArraySlice<UInt8>,
        name: ArraySlice<UInt8>
    ) throws(StreamFailure) -> Int {
        let known =
            if let index = fragment.index {
                drafts.lastIndex { $0.index == index } ?? (fragment.replacesArguments ? sameCall(id) : nil)
            } else {
                fragment.replacesArguments ? sameCall(id) : drafts.indices.last
            }
        if let known, !isNext(fragment, after: drafts[known], id: id, name: name) { return known }
        guard drafts.count < Self.maximumCalls else {
            throw .malformed("more than \(Self.maximumCalls) tool calls in one answer")
        }
        // A call that follows another shows that the one before it is whole, arguments or none.
        hasComplete = hasComplete || !drafts.isEmpty
        drafts.append(Draft(index: fragment.index))
        return drafts.count - 1
    }

    private func sameCall(_ id: ArraySlice<UInt8>) -> Int? {
        id.isEmpty ? nil : drafts.lastIndex { $0.id.elementsEqual(id) }
    }

    /// Whether a fragment begins the call after `draft`, whatever its index says: some servers number every call 0.
    /// A name together with a new id does, and a name behind whole arguments.
    private func isNext(
        _ fragment: StreamDelta.ToolFragment,
        after draft: Draft,
        id: ArraySlice<UInt8>,
        name: ArraySlice<UInt8>
    ) -> Bool {
        guard !name.isEmpty, !fragment.replacesArguments else { return false }
        let isNewID = !id.isEmpty && !draft.id.isEmpty && !draft.id.elementsEqual(id)
        if isNewID { return true }
        return draft.arguments.isComplete && (!fragment.arguments.isEmpty || !draft.name.elementsEqual(name))
    }

    /// The calls, in the order in which they began.
    ///
    /// - Parameter seed: makes the ids that the endpoint did not give, or gave twice, differ from answer to answer.
    /// - Returns: what the model asks for.
    /// - Throws: ``StreamFailure`` for a string that cannot be read.
    func calls(seed: Int64) throws(StreamFailure) -> [ToolCall] {
        var calls: [ToolCall] = []
        for (number, draft) in drafts.enumerated() {
            var id = try Self.text(draft.id)
            if id.isEmpty || calls.contains(where: { $0.id == id }) { id = Self.ownID(seed, number) }
            var call = ToolCall(id: id, name: try Self.text(draft.name), arguments: try draft.arguments.arguments())
            call.extra = draft.extra
            call.block = draft.index
            calls.append(call)
        }
        return calls
    }

    /// Nine letters and digits, the one form that every endpoint takes.
    private static func ownID(_ seed: Int64, _ number: Int) -> String {
        let digits = String(UInt64(bitPattern: seed) &* 31 &+ UInt64(number), radix: 36).suffix(8)
        return "c" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Resolves the escapes of a string's raw bytes.
    static func text(_ raw: [UInt8]) throws(StreamFailure) -> String {
        guard !raw.isEmpty else { return "" }
        var scanner = JSONScanner([0x22] + raw + [0x22])
        do {
            return try scanner.takeString()
        } catch {
            throw .malformed(error.message)
        }
    }
}
