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
        guard !fragment.arguments.isEmpty else { return }
        if fragment.argumentsAreObject {
            drafts[place].arguments.add(object: bytes[fragment.arguments])
        } else {
            drafts[place].arguments.add(string: bytes[fragment.arguments])
        }
        hasComplete = hasComplete || drafts[place].arguments.isComplete
    }

    /// Where a fragment belongs: to the draft of its index, else to the last one. A new id together with a name
    /// begins a new call even under an index that is known, for some servers number every call 0.
    private mutating func place(
        of fragment: StreamDelta.ToolFragment,
        id: ArraySlice<UInt8>,
        name: ArraySlice<UInt8>
    ) throws(StreamFailure) -> Int {
        let known: Int?
        if let index = fragment.index {
            known = drafts.lastIndex { $0.index == index }
        } else {
            known = drafts.indices.last
        }
        if let known {
            let isNewID = !id.isEmpty && !drafts[known].id.isEmpty && !drafts[known].id.elementsEqual(id)
            let isUnnumberedNext =
                fragment.index == nil && id.isEmpty && !name.isEmpty && drafts[known].arguments.isComplete
            if !(isNewID && !name.isEmpty), !isUnnumberedNext { return known }
        }
        guard drafts.count < Self.maximumCalls else {
            throw .malformed("more than \(Self.maximumCalls) tool calls in one answer")
        }
        /// A call that follows another shows that the one before it is whole, arguments or none.
        hasComplete = hasComplete || !drafts.isEmpty
        drafts.append(Draft(index: fragment.index))
        return drafts.count - 1
    }

    /// The calls, in the order in which they began.
    func calls() throws(StreamFailure) -> [ToolCall] {
        var calls: [ToolCall] = []
        for (number, draft) in drafts.enumerated() {
            let id = try Self.text(draft.id)
            calls.append(
                ToolCall(
                    id: id.isEmpty ? "call_\(number)" : id,
                    name: try Self.text(draft.name),
                    arguments: try draft.arguments.arguments()
                )
            )
        }
        return calls
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
