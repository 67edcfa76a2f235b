import HeapModule
import NIOCore

/// The waits of all requests of one thread.
///
/// Between them they have one timer of the thread's, which is set to the first that is due. Only numbers are sorted, and who
/// waits stands in a table beside them: thousands wait at once, and none of them is touched before its turn.
final class DemoTimers {
    private struct Wait: Comparable {
        let deadline: NIODeadline
        let place: Int

        static func < (one: Wait, other: Wait) -> Bool { one.deadline < other.deadline }
    }

    private let loop: any EventLoop
    private var waits = Heap<Wait>()
    /// Who waits, by place; nil where it does not wait any more.
    private var waiting: [DemoExchange?] = []
    private var freePlaces: [Int] = []
    /// What the thread's timer is set to.
    private var alarm: NIODeadline?

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Has an exchange go on after so many microseconds.
    ///
    /// - Returns: its place, by which it ends its wait before that.
    func wait(_ exchange: DemoExchange, micros: Int64) -> Int {
        let place: Int
        if let free = freePlaces.popLast() {
            place = free
            waiting[place] = exchange
        } else {
            place = waiting.count
            waiting.append(exchange)
        }
        waits.insert(Wait(deadline: loop.now + .microseconds(micros), place: place))
        setAlarm()
        return place
    }

    /// Ends a wait before its time.
    func cancel(_ place: Int) {
        waiting[place] = nil
    }

    private func setAlarm() {
        guard let next = waits.min?.deadline else { return }
        if let alarm, alarm <= next { return }
        alarm = next
        // A thread that ends takes no alarm, and nobody waits there any more.
        _ = try? loop.assumeIsolated().scheduleCallback(at: next, handler: self)
    }
}

extension DemoTimers: NIOScheduledCallbackHandler {
    /// Has those go on whose time has come: one of the alarms that were set, be it the last or one before it.
    func handleScheduledCallback(eventLoop: some EventLoop) {
        let now = loop.now
        if let alarm, alarm <= now { self.alarm = nil }
        while let next = waits.min, next.deadline <= now {
            waits.removeMin()
            let exchange = waiting[next.place]
            waiting[next.place] = nil
            freePlaces.append(next.place)
            exchange?.goOn()
        }
        setAlarm()
    }
}

extension DemoTimers {
    /// The waits of each thread of a group.
    struct Threads: Sendable {
        private let boxes: [ObjectIdentifier: NIOLoopBoundBox<DemoTimers?>]

        init(_ group: some EventLoopGroup) {
            boxes = Dictionary(
                uniqueKeysWithValues: group.makeIterator().map { loop in
                    (ObjectIdentifier(loop), .makeEmptyBox(valueType: DemoTimers.self, eventLoop: loop))
                }
            )
        }

        /// Those of the thread that asks.
        subscript(loop: any EventLoop) -> DemoTimers {
            let box = boxes[ObjectIdentifier(loop)]
            let timers = box?.value ?? DemoTimers(loop)
            box?.value = timers
            return timers
        }
    }
}
