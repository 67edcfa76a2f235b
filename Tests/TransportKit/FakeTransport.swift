import ApeCore
import ApeInference
import ApeTransfer
import Synchronization

/// A world without network and without waiting: time passes only when something takes time.
package final class FakeTransport: InferenceTransport {
    package struct Answer: Sendable {
        package var status = 200
        package var headers: [(name: String, value: String)] = []
        package var body: [UInt8] = []
        /// Until the whole answer, or the first byte of a stream.
        package var micros: Int64 = 1000
        /// Between the events of a stream.
        package var eventMicros: Int64 = 100
        package var redirectedFrom: [Answer] = []
        package var sentCookie = false
        package var cookieTrouble: String?
        /// The stream breaks after its bytes.
        package var breaks: TransferError.Kind?
        /// The answer never comes.
        package var hangs = false

        package init(
            status: Int = 200,
            headers: [(name: String, value: String)] = [],
            body: [UInt8] = [],
            micros: Int64 = 1000,
            redirectedFrom: [Answer] = [],
            sentCookie: Bool = false,
            hangs: Bool = false
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.micros = micros
            self.redirectedFrom = redirectedFrom
            self.sentCookie = sentCookie
            self.hangs = hangs
        }
    }

    private struct State {
        var now: Int64 = 1_000_000
        var requests: [TransferRequest] = []
        var sleeps: [Int64] = []
        var resets = 0
    }

    private let state = Mutex(State())
    private let respond: @Sendable (TransferRequest, Int) throws(TransferError) -> Answer
    /// Called for every sleep, to stop or to look.
    private let onSleep: @Sendable (Int64) async throws -> Void

    package init(
        onSleep: @escaping @Sendable (Int64) async throws -> Void = { _ in },
        respond: @escaping @Sendable (TransferRequest, Int) throws(TransferError) -> Answer
    ) {
        self.respond = respond
        self.onSleep = onSleep
    }

    package var nowMicros: Int64 { state.withLock(\.now) }
    package var wallSeconds: Int64 { 1_700_000_000 + nowMicros / 1_000_000 }
    package var requests: [TransferRequest] { state.withLock(\.requests) }
    package var sleeps: [Int64] { state.withLock(\.sleeps) }
    package var resets: Int { state.withLock(\.resets) }

    package func pass(_ micros: Int64) {
        state.withLock { $0.now += micros }
    }

    package nonisolated(nonsending) func perform(_ request: TransferRequest) async throws(TransferError)
        -> TransferResponse
    {
        let answer = try await answer(to: request)
        return response(answer, started: nowMicros - answer.micros)
    }

    package nonisolated(nonsending) func stream(
        _ request: TransferRequest,
        onBytes: @escaping (UnsafeRawBufferPointer) -> StreamAction
    ) async throws(TransferError) -> TransferResponse {
        let answer = try await answer(to: request)
        let started = nowMicros - answer.micros
        guard (200..<300).contains(answer.status) else { return response(answer, started: started) }
        for event in String(decoding: answer.body, as: UTF8.self).split(separator: "\n\n") {
            let action = Array("\(event)\n\n".utf8).withUnsafeBytes(onBytes)
            if action == .finish { break }
            pass(answer.eventMicros)
        }
        if let kind = answer.breaks { throw TransferError(kind, "the stream broke", startedMicros: started) }
        return response(answer, started: started)
    }

    package nonisolated(nonsending) func sleep(micros: Int64) async throws {
        try Task.checkCancellation()
        try await onSleep(micros)
        state.withLock { state in
            state.sleeps.append(micros)
            state.now += micros
        }
    }

    package nonisolated(nonsending) func sleep(
        micros: Int64,
        cancelledBy keep: (_ cancel: @escaping @Sendable () -> Void) -> Void
    ) async throws {
        let task = Task { try await sleep(micros: micros) }
        keep { task.cancel() }
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    package func beginSession() {
        state.withLock { $0.resets += 1 }
    }

    private func answer(to request: TransferRequest) async throws(TransferError) -> Answer {
        let number = state.withLock { state in
            state.requests.append(request)
            return state.requests.count
        }
        let answer = try respond(request, number)
        if answer.hangs {
            try? await Task.sleep(nanoseconds: 60_000_000_000)
            throw TransferError(.cancelled, "cancelled", startedMicros: nowMicros)
        }
        pass(answer.micros)
        return answer
    }

    private func response(_ answer: Answer, started: Int64) -> TransferResponse {
        var response = TransferResponse(status: answer.status, headers: TransferHeaders(answer.headers))
        response.body = answer.body
        response.bodyBytes = answer.body.count
        response.startedMicros = started
        response.endedMicros = nowMicros
        response.redirectedFrom = answer.redirectedFrom.map {
            TransferResponse(status: $0.status, headers: TransferHeaders($0.headers), body: $0.body)
        }
        response.sentCookie = answer.sentCookie
        response.cookieTrouble = answer.cookieTrouble
        return response
    }
}

extension FakeTransport.Answer {
    package static func json(_ status: Int, _ text: String, micros: Int64 = 1000) -> Self {
        Self(status: status, headers: [("Content-Type", "application/json")], body: Array(text.utf8), micros: micros)
    }

    /// A stream with the given events as data.
    package static func events(_ data: [String], micros: Int64 = 10_000) -> Self {
        Self(body: Array(data.map { "data: \($0)\n\n" }.joined().utf8), micros: micros)
    }

    /// A decision that calls one tool.
    package static func call(_ name: String, _ arguments: String, micros: Int64 = 10_000) -> Self {
        let function = #"{"name":"\#(name)","arguments":\#(JSONValue.string(arguments).text)}"#
        return events(
            [
                #"{"choices":[{"delta":{"role":"assistant"}}]}"#,
                #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c","function":\#(function)}]}}]}"#,
                #"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
                #"{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}}"#, "[DONE]",
            ],
            micros: micros
        )
    }
}
