import ApeCore
import ApeMetrics
import ApeScenario
import ApeWire

@testable import ApeInference

/// What reads bytes of strangers: a peer's lines, an endpoint's stream, a user's file.
enum FuzzTarget: String, CaseIterable, Sendable {
    /// Lines of APE/1, as either side reads them.
    case codec
    /// A streamed answer of an inference endpoint.
    case stream
    /// A scenario file.
    case scenario
    /// Windows and facts of a run, through its account and its verdict to every report.
    case run
    /// What a coordinator says, through a worker's machine.
    case worker
    /// A target's answer, through captures, checks and waits.
    case answer
    /// An OpenAPI document.
    case openapi
    /// A run database that somebody has changed.
    case store
    /// A server's own figures, through what is made of them.
    case metrics

    /// Reads one input in every way in which it may come.
    ///
    /// - Throws: ``BrokenProperty`` where two ways do not come to the same. Not to crash is the other half.
    func take(_ bytes: [UInt8]) async throws(BrokenProperty) {
        switch self {
        case .codec: try Self.takeLines(bytes)
        case .stream: try Self.takeStream(bytes)
        case .scenario: try Self.takeScenario(bytes)
        case .run: try FuzzedRun(bytes).check()
        case .worker: try FuzzedWorker(bytes).check()
        case .answer: try FuzzedAnswer(bytes).check()
        case .openapi: Self.takeOpenAPI(bytes)
        case .store: try await FuzzedStore.shared.check(bytes)
        case .metrics: try Self.takeMetrics(bytes)
        }
    }

    private static func takeOpenAPI(_ bytes: [UInt8]) {
        _ = try? Scenario.endpoints(ofOpenAPI: bytes, file: "openapi.yml", url: "http://127.0.0.1/v1")
    }

    /// Whatever ends its lines, a page is the same page; and no figure is infinite or no number.
    private static func takeMetrics(_ bytes: [UInt8]) throws(BrokenProperty) {
        let page = try? MetricsPage(bytes)
        _ = try? MetricsPage(bytes, isOpenMetrics: true)
        guard let page else { return }
        if !bytes.contains(UInt8(ascii: "\r")) {
            let ended = bytes.flatMap { $0 == UInt8(ascii: "\n") ? [UInt8(ascii: "\r"), $0] : [$0] }
            // A number that is none equals nothing: as a text it does.
            guard let other = try? MetricsPage(ended), "\(other.samples)" == "\(page.samples)" else {
                throw BrokenProperty("ends of lines make another page")
            }
        }
        for selectors in [[], page.names.prefix(40).map { SeriesSelector(name: $0) }] {
            var reader = ServerReader(selectors)
            for second in 0..<2 as Range<Int64> {
                let figures = reader.read(page, atMicros: second * 1_000_000).figures
                if figures.contains(where: { !$0.value.isFinite }) { throw BrokenProperty("a figure is no number") }
            }
        }
    }

    // MARK: - Lines

    private struct Lines: Equatable {
        var messages: [Message] = []
        var fault: ApeError?
    }

    /// Wherever reads cut the bytes, the same messages come of them and the same fault; and every message that is
    /// understood is understood again when it is passed on.
    private static func takeLines(_ bytes: [UInt8]) throws(BrokenProperty) {
        let whole = lines(of: [bytes])
        guard lines(of: pieces(of: bytes)) == whole else { throw BrokenProperty("cut lines are read differently") }
        for message in whole.messages {
            // What was wrong with a window is told in words, and is not passed on.
            if case .unreadable = message { continue }
            guard (try? Message(line: Array(message.line.dropLast()))) == message else {
                throw BrokenProperty("a message changes on its way: \(message)")
            }
        }
    }

    private static func lines(of reads: [[UInt8]]) -> Lines {
        var codec = LineCodec()
        var lines = Lines()
        for read in reads {
            codec.append(read)
            do throws(ApeError) {
                while let message = try codec.next() { lines.messages.append(message) }
            } catch {
                lines.fault = error
            }
        }
        return lines
    }

    // MARK: - Streams

    private enum Answer: Equatable {
        case answered(DecisionAnswer)
        case failed(StreamFailure)
    }

    /// Wherever reads cut the stream, it is the same answer.
    private static func takeStream(_ bytes: [UInt8]) throws(BrokenProperty) {
        for api in Scenario.InferenceAPI.allCases where answer(of: [bytes], api) != answer(of: pieces(of: bytes), api) {
            throw BrokenProperty("a cut stream is another answer to \(api)")
        }
    }

    private static func answer(of reads: [[UInt8]], _ api: Scenario.InferenceAPI) -> Answer {
        var reader = AnswerReader(dialect: api.dialect)
        for read in reads where reader.read(read, at: 1).isSettled { break }
        do throws(StreamFailure) {
            return .answered(try reader.finish(at: 1))
        } catch {
            return .failed(error)
        }
    }

    // MARK: - Scenarios

    /// A scenario that is understood is the same scenario to a worker.
    private static func takeScenario(_ bytes: [UInt8]) throws(BrokenProperty) {
        let read = try? Scenario.read(bytes, file: "fuzz.yml") { _ in throw BrokenProperty("no file is there") }
        guard let scenario = read?.scenario else { return }
        do throws(ApeError) {
            let again = try Scenario(document: JSONValue(parsing: scenario.document.text))
            if again != scenario { throw ApeError(.scenario, "it is another one: \(again.document.text)") }
        } catch {
            throw BrokenProperty("a scenario changes on its way: \(scenario.document.text): \(error)")
        }
    }

    /// The bytes as many small reads would bring them.
    private static func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(1 + pieces.count % 5)
            pieces.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }
}

/// What should hold of every input, and does not of this one.
struct BrokenProperty: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
