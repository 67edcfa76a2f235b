import ApeCore

/// The form of a stream's latest event: what stands around its one text.
///
/// An event that differs from the one before it in that text alone says the same with another text, whatever the dialect.
/// So it is compared, eight bytes at a time, and not read again: nine of ten events of a model's stream are such.
struct EventForm {
    /// The longest event that is kept, in bytes.
    private static let maximumBytes = 4096

    /// What the text is.
    private enum Kind {
        case content
        /// Arguments of the call with this index.
        case arguments(Int64?)
        /// Reasoning that goes back under the member whose name begins so many bytes before the text.
        case reasoning(nameDistance: Int, nameCount: Int)
    }

    private var kind: Kind?
    private var bytes: [UInt8] = []
    /// Bytes before the text, with its quote, and behind it.
    private var (before, behind) = (0, 0)

    /// The text of an event that has the kept form; nil for one that has to be read.
    func text(of event: [UInt8], in range: Range<Int>) -> Range<Int>? {
        guard kind != nil, range.count > before + behind,
            ByteRun.agrees(bytes, 0, with: event, range.lowerBound, count: before),
            ByteRun.agrees(bytes, bytes.count - behind, with: event, range.upperBound - behind, count: behind)
        else { return nil }
        let text = (range.lowerBound + before)..<(range.upperBound - behind)
        var scanner = JSONScanner(event, in: (text.lowerBound - 1)..<(text.upperBound + 1))
        return (try? scanner.takeRawString()) == text ? text : nil
    }

    /// What an event of the kept form says.
    func delta(saying text: Range<Int>) -> StreamDelta {
        switch kind {
        case nil: return StreamDelta()
        case .content: return StreamDelta(content: text)
        case .arguments(let index):
            return StreamDelta(toolFragment: StreamDelta.ToolFragment(index: index, arguments: text))
        case .reasoning(let distance, let count):
            let name = (text.lowerBound - distance)..<(text.lowerBound - distance + count)
            let value = (text.lowerBound - 1)..<(text.upperBound + 1)
            return StreamDelta(reasoning: text, carried: [.member(name: name, value: value)])
        }
    }

    /// Keeps the form of an event that was read; one that says more than one text has none.
    mutating func keep(_ delta: StreamDelta, of event: [UInt8], in range: Range<Int>) {
        kind = nil
        guard range.count <= Self.maximumBytes, let (kind, text) = Self.text(of: delta),
            range.lowerBound < text.lowerBound, event[text.lowerBound - 1] == UInt8(ascii: "\""),
            text.upperBound < range.upperBound
        else { return }
        self.kind = kind
        bytes.replaceSubrange(0..., with: event[range])
        (before, behind) = (text.lowerBound - range.lowerBound, range.upperBound - text.upperBound)
    }

    /// The one text that an event says.
    private static func text(of delta: StreamDelta) -> (Kind, Range<Int>)? {
        guard delta.saysTextAlone else { return nil }
        switch (delta.content.isEmpty, delta.reasoning.isEmpty, delta.toolFragment, delta.carried.first) {
        case (false, true, nil, nil): return (.content, delta.content)
        case (true, true, let fragment?, nil) where fragment.saysArgumentsAlone:
            return (.arguments(fragment.index), fragment.arguments)
        case (true, false, nil, .member(let name, let value)?)
        where value.lowerBound + 1 == delta.reasoning.lowerBound && value.upperBound - 1 == delta.reasoning.upperBound:
            let distance = delta.reasoning.lowerBound - name.lowerBound
            return (.reasoning(nameDistance: distance, nameCount: name.count), delta.reasoning)
        default: return nil
        }
    }
}

extension StreamDelta {
    /// Whether nothing stands in it but at most one text, one part of a call, and one member that goes back.
    fileprivate var saysTextAlone: Bool {
        !isEnd && moreContent.isEmpty && moreToolFragments.isEmpty && carried.count <= 1 && finishReason == nil
            && usage == nil && timeInfo == nil && sentMicros == nil && error == nil && lateItems.isEmpty
    }
}

extension StreamDelta.ToolFragment {
    fileprivate var saysArgumentsAlone: Bool {
        !arguments.isEmpty && id.isEmpty && name.isEmpty && extra.isEmpty && !argumentsAreObject && !replacesArguments
    }
}
