import ApeCore
import ApeMetrics

extension Message {
    /// Decodes one line without its linefeed.
    ///
    /// - Throws: ``ApeError`` of code `malformed` that names what is wrong.
    package init(line: [UInt8]) throws(ApeError) {
        if Self.beginsAsWindow(line) {
            self = try WindowDecoder.decode(line)
            return
        }
        guard Self.isUTF8(line) else { throw ApeError(.malformed, "The line is not UTF-8") }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: line)
        } catch {
            throw ApeError(.malformed, error.message)
        }
        guard case .object = value else { throw ApeError(.malformed, "The line is not a JSON object") }
        let type = try Fields(type: "message", object: value).text("type")
        if type == "window" {
            self = try WindowDecoder.decode(line)
        } else {
            try self.init(Fields(type: type, object: value))
        }
    }

    /// Whether a line's first member says that it is a window: such a line is read without building its tree.
    private static func beginsAsWindow(_ line: [UInt8]) -> Bool {
        var scanner = JSONScanner(line)
        guard scanner.take(UInt8(ascii: "{")), scanner.peek() == UInt8(ascii: "\""),
            let key = try? scanner.takeRawString(), scanner.holds("type", at: key), scanner.take(UInt8(ascii: ":")),
            scanner.peek() == UInt8(ascii: "\""), let type = try? scanner.takeRawString()
        else { return false }
        return scanner.holds("window", at: type)
    }

    private init(_ fields: Fields) throws(ApeError) {
        switch fields.type {
        case "greet": self = .greet(try Greet(fields))
        case "hello": self = .hello(try Hello(fields))
        case "welcome": self = .welcome(try Welcome(fields))
        case "ping": self = .ping(try Ping(fields))
        case "pong": self = .pong(try Pong(fields))
        case "prepare": self = .prepare(try Prepare(fields))
        case "prepared": self = .prepared(Prepared(run: try fields.identifier("run")))
        case "refused": self = .refused(try Refused(fields))
        case "assign": self = .assign(try Assign(fields))
        case "assigned": self = .assigned(try Assigned(fields))
        case "answered":
            self = .answered(
                Answered(run: try fields.identifier("run"), stage: try fields.int("stage", in: WireLimit.stages))
            )
        case "ack": self = .ack(Ack(run: try fields.identifier("run"), seq: try fields.integer("seq")))
        case "event": self = .event(try WorkerEvent(fields))
        case "stop":
            self = .stop(
                Stop(run: try fields.identifier("run"), reason: try fields.choice("reason", of: Stop.Reason.self))
            )
        case "stopped":
            self = .stopped(
                Stopped(
                    run: try fields.identifier("run"),
                    lastSeq: try fields.integer("last_seq"),
                    taken: try fields.taken()
                )
            )
        case "leave": self = .leave(Leave(reason: try fields.text("reason", atMost: WireLimit.messageBytes)))
        case "want_rows": self = .wantRows(try WantRows(fields))
        case "rows": self = .rows(try Rows(fields))
        case "error": self = .error(try ApeError(fields))
        default: self = .unknown(fields.type)
        }
    }

    static func isUTF8(_ bytes: [UInt8]) -> Bool {
        ByteRun.isASCII(bytes, from: 0, to: bytes.count) || String(validating: bytes, as: UTF8.self) != nil
    }
}

extension Prepare {
    init(_ fields: Fields) throws(ApeError) {
        guard let scenario = fields.object["scenario"] else { throw fields.missing("scenario") }
        self.init(
            run: try fields.identifier("run"),
            seed: UInt64(bitPattern: try fields.integer("seed", in: .min ... .max)),
            scenario: scenario
        )
    }
}

extension Refused {
    init(_ fields: Fields) throws(ApeError) {
        self.init(
            run: try fields.identifier("run"),
            code: try fields.text("code"),
            message: try fields.text("message", atMost: WireLimit.messageBytes)
        )
    }
}

extension Assigned {
    init(_ fields: Fields) throws(ApeError) {
        self.init(
            run: try fields.identifier("run"),
            revision: try fields.int("revision", in: WireLimit.revisions),
            taken: try fields.taken()
        )
    }
}

extension WorkerEvent {
    /// The event as it stands on the wire.
    package init(_ fields: Fields) throws(ApeError) {
        self.init(
            run: try fields.identifier("run"),
            level: try fields.choice("level", of: Level.self),
            code: try fields.text("code"),
            message: try fields.text("message", atMost: WireLimit.messageBytes),
            agent: try fields.optionalInteger("agent", in: WireLimit.agentNumbers).map(Int.init),
            traceID: try fields.optionalText("trace_id"),
            session: try fields.optionalNested("session").map { fields throws(ApeError) in try SessionTrace(fields) }
        )
    }
}

extension ApeError {
    init(_ fields: Fields) throws(ApeError) {
        self.init(
            Code(rawValue: try fields.text("code")),
            try fields.text("message", atMost: WireLimit.messageBytes)
        )
    }
}
