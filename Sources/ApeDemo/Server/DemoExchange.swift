import NIOCore
import NIOHTTP1

/// What becomes of one request, on the thread of its connection. It does not keep the request: thousands wait at once.
///
/// It is over once it is answered, or once its client has gone, whatever it was at: from then on no step of it is taken
/// and nothing is written.
final class DemoExchange {
    private enum State {
        /// Nothing is written yet.
        case asked
        /// The answer is begun, and its body comes in parts.
        case streaming
        case over
    }

    private let connection: DemoConnection
    private let context: ChannelHandlerContext
    private let dateMicros: Int64
    private let version: HTTPVersion
    private let keepsAlive: Bool
    /// Whether only the head of an answer is asked for.
    private let wantsHead: Bool
    private var state = State.asked
    /// What goes out with the next part.
    private var unsent = ByteBuffer()
    /// What comes next, once the wait for it is over, and where that wait is kept.
    private var next: (step: () -> Void, place: Int)?
    private var atEnd: (() -> Void)?

    init(
        _ request: HTTPRequestHead,
        _ connection: DemoConnection,
        _ context: ChannelHandlerContext,
        nowMicros: Int64
    ) {
        self.connection = connection
        self.context = context
        dateMicros = nowMicros
        version = request.version
        keepsAlive = request.isKeepAlive
        wantsHead = request.method == .HEAD
    }

    var loop: any EventLoop { context.eventLoop }

    var isOver: Bool { state == .over }

    var isStreaming: Bool { state == .streaming }

    /// Takes the next step after so many microseconds, unless it is over by then.
    func wait(_ micros: Int64, _ step: @escaping () -> Void) {
        guard !isOver else { return }
        guard micros > 0 else { return step() }
        next = (step, connection.timers.wait(self, micros: micros))
    }

    /// The wait is over.
    func goOn() {
        let step = next?.step
        next = nil
        step?()
    }

    /// Has something done once it is over, whichever way: one thing, the one named last.
    func whenOver(_ action: @escaping () -> Void) {
        if isOver { action() } else { atEnd = action }
    }

    /// Answers at once.
    func answer(_ answer: DemoAnswer) {
        guard state == .asked else { return }
        unsent = answer.head(version, isWhole: true, keepsAlive: keepsAlive, dateMicros: dateMicros)
        if !wantsHead { unsent.writeImmutableBuffer(answer.body) }
        finish(keepsAlive: keepsAlive)
    }

    /// Begins an answer whose body comes in parts: its head goes out with the first.
    func begin(_ head: DemoAnswer) {
        guard state == .asked else { return }
        state = .streaming
        unsent = head.head(version, isWhole: false, keepsAlive: canKeepAliveAfterStream, dateMicros: dateMicros)
    }

    /// Sends a part of the body; the last goes out with the end of the answer.
    func send(_ part: [UInt8], isLast: Bool) {
        guard state == .streaming else { return }
        if isOldClient { unsent.writeBytes(part) } else { unsent.writeChunk(part) }
        if isLast { return end() }
        let bytes = unsent
        unsent = ByteBuffer()
        context.writeAndFlush(DemoConnection.wrapOutboundOut(bytes), promise: nil)
    }

    /// Ends the answer after the parts that were sent.
    func end() {
        guard state == .streaming else { return }
        if !isOldClient { unsent.writeLastChunk() }
        finish(keepsAlive: canKeepAliveAfterStream)
    }

    /// Breaks the connection off in the middle of the answer.
    func breakOff() {
        guard !isOver else { return }
        close()
        context.close(promise: nil)
    }

    /// The client has gone.
    ///
    /// - Returns: whether it gave something up: what is over already is not.
    func clientHasGone() -> Bool {
        guard !isOver else { return false }
        close()
        return true
    }

    /// A client of HTTP/1.0 knows the end of a stream by that of the connection alone.
    private var canKeepAliveAfterStream: Bool { keepsAlive && !isOldClient }

    private var isOldClient: Bool { version != .http1_1 }

    private func finish(keepsAlive: Bool) {
        close()
        let written = keepsAlive ? nil : loop.makePromise(of: Void.self)
        written?.futureResult.assumeIsolated().whenComplete { [context] _ in context.close(promise: nil) }
        context.writeAndFlush(DemoConnection.wrapOutboundOut(unsent), promise: written)
        connection.hasAnswered(context, keepsAlive: keepsAlive)
    }

    private func close() {
        state = .over
        if let next { connection.timers.cancel(next.place) }
        next = nil
        let action = atEnd
        atEnd = nil
        action?()
    }
}
