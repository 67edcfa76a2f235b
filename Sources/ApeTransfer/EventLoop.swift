import Glibc

/// The state of a reactor's thread: timers, descriptors, waiting jobs and libcurl's shards.
final class EventLoop {
    /// The period of the timer that gives every second samples of the loop's lag.
    static let tickMicros: Int64 = 50_000
    /// For how long work runs until the sockets are looked at again. An answer is timed when it is read, so work that
    /// waits in its way would lengthen its times.
    private static let sliceMicros: Int64 = 500

    /// The purpose of a deadline.
    enum Alarm {
        case tick
        case sleeper(Sleeper)
        case shard(CurlShard)
        case exchange(Exchange)
    }

    let poller: Poller
    let names = NameLookups()
    var timers = TimerQueue<Alarm>()
    private(set) var isStopping = false
    private(set) var shards: [CurlShard] = []
    private var dueShards: [CurlShard] = []
    private var owners: UInt32 = 0
    private let inbox: Inbox
    private var waiting: [Inbox.Work] = []
    private var running: [Inbox.Work] = []
    /// How much of ``running`` has run.
    private var position = 0

    init(inbox: Inbox) {
        self.inbox = inbox
        poller = Poller(wakeDescriptor: inbox.wakeDescriptor)
    }

    func append(_ work: Inbox.Work) {
        waiting.append(work)
    }

    /// Schedules a shard to be driven before the loop waits again.
    func markDue(_ shard: CurlShard) {
        dueShards.append(shard)
    }

    /// A number that no client had before, but for one that is four billion clients older; not 0.
    func newOwner() -> UInt32 {
        owners = owners == .max ? 1 : owners + 1
        return owners
    }

    /// Adds a client to the least loaded shard, or to a new one where all are full.
    func attachClient(_ policy: ConnectionPolicy) -> CurlShard {
        var shard = shards.min { $0.clients < $1.clients }
        if shard.map({ $0.clients >= CurlShard.clientLimit }) ?? true {
            let new = CurlShard(index: shards.count, loop: self)
            shards.append(new)
            shard = new
        }
        guard let shard else { preconditionFailure("a new shard was just made") }
        shard.attach(policy)
        return shard
    }

    /// Runs until ``stop()`` has been called and no work is left.
    func run(on reactor: Reactor) {
        timers.insert(.tick, deadline: MonotonicClock.nowMicros + Self.tickMicros)
        while true {
            // Timers come behind the work that was there before them, so that their lag tells how late all work is.
            if position == running.count { fireDueAlarms(reactor) }
            runWaiting(on: reactor)
            driveDueShards()
            if isStopping, !hasWork, inbox.closeIfEmpty() { break }
            wait()
        }
        for shard in shards { shard.close() }
        shards = []
        dueShards = []
        timers = TimerQueue()
    }

    /// Fails the running transfers and wakes the sleepers. The loop ends once their tasks have run.
    func stop() {
        isStopping = true
        for shard in shards { shard.failAll() }
        var rest = TimerQueue<Alarm>()
        swap(&rest, &timers)
        while let due = rest.popDue(now: .max) {
            if case .sleeper(let sleeper) = due.payload { sleeper.wake(slept: false) }
        }
    }

    private func fireDueAlarms(_ reactor: Reactor) {
        guard let next = timers.nextDeadline else { return }
        let now = MonotonicClock.nowMicros
        guard next <= now else { return }
        while let due = timers.popDue(now: now) {
            var period: Int64 = 0
            if case .tick = due.payload { period = Self.tickMicros }
            reactor.recordLag(micros: now - due.deadline, period: period)
            switch due.payload {
            case .tick: timers.insert(.tick, deadline: now + Self.tickMicros)
            case .sleeper(let sleeper): sleeper.wake(slept: true)
            case .shard(let shard): shard.alarmFired(now: now)
            case .exchange(let exchange): exchange.alarmFired(now: now)
            }
        }
    }

    private var hasWork: Bool { !waiting.isEmpty || position < running.count }

    /// Runs waiting work for a slice of time, at least one piece of it. Work that this adds runs behind all other, after
    /// the sockets.
    private func runWaiting(on reactor: Reactor) {
        if position == running.count {
            running.removeAll(keepingCapacity: true)
            position = 0
            swap(&waiting, &running)
        }
        guard position < running.count else { return }
        let executor = reactor.asUnownedTaskExecutor()
        let end = MonotonicClock.nowMicros + Self.sliceMicros
        repeat {
            let work = running[position]
            position += 1
            switch work {
            case .job(let job): job.runSynchronously(on: executor)
            case .action(let action): action(self)
            }
        } while position < running.count && MonotonicClock.nowMicros < end
    }

    private func driveDueShards() {
        guard !dueShards.isEmpty else { return }
        var due: [CurlShard] = []
        swap(&due, &dueShards)
        for shard in due { shard.driveIfDue() }
    }

    private func wait() {
        var timeout: Int64 = 0
        if !hasWork, dueShards.isEmpty, let next = timers.nextDeadline {
            timeout = max(0, next - MonotonicClock.nowMicros)
        }
        for event in poller.wait(timeoutMicros: timeout) {
            if poller.isWake(event) {
                inbox.take(into: &waiting)
            } else if let (shard, descriptor, mask) = poller.resolve(event), shard < shards.count {
                shards[shard].socketReady(descriptor, mask)
            }
        }
    }
}
