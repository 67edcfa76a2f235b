import CYAML

/// The events of a YAML text, as libyaml finds them.
struct YAMLEvents: ~Copyable {
    struct Event {
        enum Kind {
            case documentStart
            case documentEnd
            case streamEnd
            case alias(String)
            case scalar(YAMLScalar)
            case sequenceStart
            case sequenceEnd
            case mappingStart
            case mappingEnd
            /// What says nothing of values.
            case other
        }

        var kind: Kind
        var anchor: String?
        /// Where it begins, as libyaml counts: from 0.
        var mark: yaml_mark_t
    }

    /// Why a text is no YAML, in libyaml's words.
    struct Fault: Error {
        var context: String?
        var problem: String
        /// nil where libyaml knows ``offset`` alone.
        var mark: yaml_mark_t?
        /// Bytes before what could not be read.
        var offset = 0
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// - Parameter text: UTF-8 that stays where it is as long as this is used.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else { return }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    mutating func next() throws(Fault) -> Event {
        var event = yaml_event_t()
        defer { yaml_event_delete(&event) }
        guard yaml_parser_parse(parser, &event) == 1, event.type != YAML_NO_EVENT else { throw fault }
        let data = event.data
        let (kind, anchor): (Event.Kind, UnsafePointer<UInt8>?) =
            switch event.type {
            case YAML_DOCUMENT_START_EVENT: (.documentStart, nil)
            case YAML_DOCUMENT_END_EVENT: (.documentEnd, nil)
            case YAML_STREAM_END_EVENT: (.streamEnd, nil)
            case YAML_ALIAS_EVENT: (.alias(Self.text(data.alias.anchor) ?? ""), nil)
            case YAML_SCALAR_EVENT: (.scalar(YAMLScalar(event)), UnsafePointer(data.scalar.anchor))
            case YAML_SEQUENCE_START_EVENT: (.sequenceStart, UnsafePointer(data.sequence_start.anchor))
            case YAML_SEQUENCE_END_EVENT: (.sequenceEnd, nil)
            case YAML_MAPPING_START_EVENT: (.mappingStart, UnsafePointer(data.mapping_start.anchor))
            case YAML_MAPPING_END_EVENT: (.mappingEnd, nil)
            default: (.other, nil)
            }
        return Event(kind: kind, anchor: Self.text(anchor), mark: event.start_mark)
    }

    private var fault: Fault {
        let parser = parser.pointee
        guard let problem = parser.problem else { return Fault(problem: "there is no memory for it") }
        let (context, words) = (parser.context.map { String(cString: $0) }, String(cString: problem))
        guard parser.error != YAML_READER_ERROR else { return Fault(problem: words, offset: parser.problem_offset) }
        return Fault(context: context, problem: words, mark: parser.problem_mark)
    }

    fileprivate static func text(_ bytes: UnsafePointer<UInt8>?) -> String? {
        bytes.map { String(cString: $0) }
    }
}

/// A text in a YAML file, with how it is written.
struct YAMLScalar {
    var text: String
    /// Its tag as it is written; nil without one.
    var tag: String?
    /// Without quotes and in one piece.
    var isPlain: Bool

    fileprivate init(_ event: yaml_event_t) {
        let scalar = event.data.scalar
        text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        tag = YAMLEvents.text(scalar.tag)
        isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
    }
}
