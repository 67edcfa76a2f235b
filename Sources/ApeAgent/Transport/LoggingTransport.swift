import ApeCore
import ApeInference
import ApeTransfer

/// A transport that logs every exchange in words, for a person who watches one session.
///
/// Request headers are left out: they carry keys.
struct LoggingTransport: AgentTransport {
    /// Bytes of an address that are logged.
    private static let urlBytes = 500

    let base: any AgentTransport
    let log: TrialLog

    var nowMicros: Int64 { base.nowMicros }
    var wallSeconds: Int64 { base.wallSeconds }

    nonisolated(nonsending) func perform(
        _ request: TransferRequest
    ) async throws(TransferError) -> TransferResponse {
        log.learn(request)
        log.line("\(request.method) \(request.url)")
        if let body = request.body { log.line("sent", String(decoding: body.bytes, as: UTF8.self)) }
        let response = try await logged { () async throws(TransferError) in try await base.perform(request) }
        log.line("body", String(decoding: response.body, as: UTF8.self))
        return response
    }

    nonisolated(nonsending) func stream(
        _ request: TransferRequest,
        onBytes: @escaping (UnsafeRawBufferPointer) -> StreamAction
    ) async throws(TransferError) -> TransferResponse {
        log.learn(request)
        log.line("  asked     \(request.url), \(request.body?.count ?? 0) bytes")
        let response = try await logged { () async throws(TransferError) in
            try await base.stream(request, onBytes: onBytes)
        }
        log.line("body", String(decoding: response.body, as: UTF8.self))
        return response
    }

    nonisolated(nonsending) func sleep(micros: Int64) async throws {
        try await base.sleep(micros: micros)
    }

    nonisolated(nonsending) func sleep(
        micros: Int64,
        cancelledBy keep: (_ cancel: @escaping @Sendable () -> Void) -> Void
    ) async throws {
        try await base.sleep(micros: micros, cancelledBy: keep)
    }

    func beginSession() {
        base.beginSession()
    }

    private nonisolated(nonsending) func logged(
        _ exchange: nonisolated(nonsending) () async throws(TransferError) -> TransferResponse
    ) async throws(TransferError) -> TransferResponse {
        do throws(TransferError) {
            let response = try await exchange()
            log.learn(response)
            let kind = response.header("content-type").map { "  \($0)" } ?? ""
            let milliseconds = (response.endedMicros - response.startedMicros) / 1000
            log.line("  answered  \(response.status)\(kind)  \(response.bodyBytes) bytes in \(milliseconds) ms")
            if response.truncated { log.line("  kept      \(response.body.count) bytes: limits.response_bytes") }
            let final = log.excerpt(response.finalURL, bytes: Self.urlBytes)
            if let stream = AnswerStream(response) {
                let waits = stream.waits(response, isWhole: true)
                let first = waits.firstMicros.map { ", the first after \($0 / 1000) ms" } ?? ""
                log.line("  streamed  \(waits.events.counting("event"))\(waits.events > 0 ? first : "")")
            }
            if let trouble = response.cookieTrouble { log.line("  \(trouble)") }
            if response.redirects > 0 { log.line("  redirected to \(final)") }
            return response
        } catch {
            log.line("  no answer: \(error.message)")
            throw error
        }
    }
}
