import ApeCore
import ApeHTTP
import ApeReport

/// Shows a run to everybody who looks at its page: one page is made for all of them, and none while nobody looks.
actor LiveHub {
    /// The time between two makings at least: so long, and so many times what the last one took.
    typealias Pause = (least: Duration, times: Int)

    private let run: String
    private let leastPause: Pause
    /// Tells the numbers of this program's parts from those of the one before it.
    private let boot: String
    private let make: @Sendable () async -> LivePage
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private let readers = LiveReaders()
    private let clock = ContinuousClock()

    private var board = PartBoard()
    private var page: LivePage?
    private var series: [String] = []
    private var made: (at: ContinuousClock.Instant, took: Duration)?
    private var isMaking = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private(set) var hasEnded = false

    /// - Parameters:
    ///   - run: the run's identifier.
    ///   - boot: a name that no other program has which shows the run.
    ///   - leastPause: the time between two makings.
    ///   - make: makes the page as it is now.
    init(
        run: String,
        boot: String,
        leastPause: Pause = (.seconds(1), 20),
        make: @escaping @Sendable () async -> LivePage
    ) {
        (self.run, self.boot, self.leastPause, self.make) = (run, boot, leastPause, make)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Makes the page again and again for as long as somebody looks; ends with its task.
    func keepFresh() async {
        for await _ in wakes {
            while !readers.isEmpty, !hasEnded, !Task.isCancelled {
                // A sleep is cut short where the program ends.
                if let made { try? await Task.sleep(until: made.at + pause, clock: clock) }
                await refresh()
                readers.tell(tick)
            }
        }
    }

    /// The whole page, for whoever loads it.
    func document(mayControl: Bool) async -> WebPage? {
        if !hasEnded, made.map({ clock.now - $0.at >= pause }) ?? true { await refresh() }
        return page?.document(board.parts, version: "\(boot)-\(board.version)", mayControl: mayControl)
    }

    /// How a series is spread, of the page as it was made last; nil where it has no such series.
    func distribution(ofSeries name: String) -> String? { page?.distribution(ofSeries: name) }

    /// What happens in the page from now on, and first what a reader lacks of it.
    ///
    /// - Parameter after: the last event that the reader has.
    /// - Returns: nil where there are too many readers.
    func events(after: String?) -> AsyncStream<ServerSentEvent>? {
        let lacking = board.parts(after: Self.version(after, of: boot)).map(event)
        let status = page.map { ServerSentEvent(name: hasEnded ? "end" : "status", data: $0.status) }
        let others = [names, status, hasEnded ? nil : tick].compactMap(\.self)
        let first = [ServerSentEvent(name: "hello", data: run)] + lacking + others
        defer { wake.yield() }
        return readers.add(first, goesOn: !hasEnded)
    }

    /// Shows what the run came to, as the last thing that the page tells.
    func end(_ page: LivePage) {
        guard !hasEnded else { return }
        hasEnded = true
        if !readers.isEmpty || !board.isEmpty { show(page, isBounded: false) }
        self.page = page
        readers.tell(ServerSentEvent(name: "end", data: page.status))
        readers.finish()
        wake.finish()
    }

    /// How many milliseconds it may be until the next making.
    private var tick: ServerSentEvent { ServerSentEvent(name: "tick", data: "\(pause.milliseconds)") }

    private var pause: Duration { max(leastPause.least, (made?.took ?? .zero) * leastPause.times) }

    /// Makes the page; who comes while it is made waits for it.
    private func refresh() async {
        if isMaking {
            await withCheckedContinuation { waiting.append($0) }
            return
        }
        isMaking = true
        let start = clock.now
        let page = await make()
        let parts = await Self.parts(of: page)
        // What was made before the end comes too late.
        if !hasEnded {
            let elapsed = made.map { (start - $0.at) / .seconds(1) } ?? 0
            show(page, parts, elapsed: elapsed, isBounded: !readers.isEmpty)
        }
        made = (start, clock.now - start)
        isMaking = false
        for one in waiting { one.resume() }
        waiting = []
    }

    /// Beside the hub, which readers ask meanwhile.
    private nonisolated static func parts(of page: LivePage) async -> [HTMLPart] { page.parts }

    private func show(_ page: LivePage, isBounded: Bool) {
        show(page, page.parts, elapsed: 0, isBounded: isBounded)
    }

    private func show(_ page: LivePage, _ parts: [HTMLPart], elapsed: Double, isBounded: Bool) {
        let status = self.page?.status
        self.page = page
        for (version, part) in board.take(parts, elapsed: elapsed, isBounded: isBounded) {
            readers.tell(event(version, part))
        }
        if page.series != series {
            series = page.series
            readers.tell(names)
        }
        if page.status != status, !hasEnded { readers.tell(ServerSentEvent(name: "status", data: page.status)) }
    }

    /// The series that can be chosen.
    private var names: ServerSentEvent { ServerSentEvent(name: "series", data: series.joined(separator: "\n")) }

    private func event(_ version: Int, _ part: HTMLPart) -> ServerSentEvent {
        ServerSentEvent(id: "\(boot)-\(version)", name: "part", data: "\(part.id)\n\(part.html)")
    }

    /// The number of the last part that a reader has of this program; 0 for none.
    static func version(_ after: String?, of boot: String) -> Int {
        guard let after, after.hasPrefix(boot + "-") else { return 0 }
        return Int(after.dropFirst(boot.count + 1)) ?? 0
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
