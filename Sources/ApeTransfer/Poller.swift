import CCurl
import Glibc

/// The reactor's epoll instance, and the events that each descriptor is registered for.
///
/// libcurl registers a connection's socket at every request and removes it after every answer. A socket that was
/// reported by ``opened(_:)`` stays registered in between, which saves two system calls a request. It is removed only
/// when an event comes while the connection is idle, such as its server closing it.
final class Poller {
    /// The most events that are taken from the kernel at once.
    private static let batchLimit = 256
    /// The shard's number in the event of the wake-up descriptor.
    private static let wakeShard = UInt32.max

    private struct Interest {
        var wanted: UInt32 = 0
        var registered: UInt32 = 0
        var shard: UInt32 = 0
        /// Whose connection it is; 0 for nobody's.
        var owner: UInt32 = 0
        /// Whether ``closing(_:)`` will be called for the descriptor, so that its registration in the kernel is known.
        var isTracked = false
    }

    private let epoll: Int32
    private let wakeDescriptor: Int32
    private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: batchLimit)
    private var interests: [Interest] = []
    private var hasPreciseWait = true

    init(wakeDescriptor: Int32) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        self.wakeDescriptor = wakeDescriptor
        precondition(epoll >= 0, "no descriptor left for the reactor's epoll: raise the open file limit")
        register(wakeDescriptor, EPOLL_CTL_ADD, EPOLLIN.rawValue, shard: Self.wakeShard)
    }

    deinit {
        close(epoll)
        events.deallocate()
    }

    /// Waits for events for at most `timeoutMicros`.
    func wait(timeoutMicros: Int64) -> UnsafeMutableBufferPointer<epoll_event>.SubSequence {
        var count: Int32 = -1
        if hasPreciseWait {
            var timeout = timespec(
                tv_sec: Int(timeoutMicros / 1_000_000),
                tv_nsec: Int(timeoutMicros % 1_000_000) * 1_000
            )
            count = epoll_pwait2(epoll, events.baseAddress, Int32(Self.batchLimit), &timeout, nil)
            // Kernels before 5.11 and some sandboxes lack this call and wait in milliseconds.
            hasPreciseWait = count >= 0 || errno != ENOSYS
        }
        if !hasPreciseWait {
            let millis = min((timeoutMicros + 999) / 1_000, Int64(Int32.max))
            count = epoll_wait(epoll, events.baseAddress, Int32(Self.batchLimit), Int32(millis))
        }
        return events[..<Int(max(0, count))]
    }

    func isWake(_ event: epoll_event) -> Bool {
        event.data.u64 >> 32 == UInt64(Self.wakeShard)
    }

    /// The shard and the descriptor that an event is for; nil where no shard asked for it.
    func resolve(_ event: epoll_event) -> (shard: Int, descriptor: Int32, mask: UInt32)? {
        let descriptor = Int32(truncatingIfNeeded: event.data.u64)
        let shard = UInt32(event.data.u64 >> 32)
        let interest = interests[Int(descriptor)]
        guard interest.wanted == 0 else { return (Int(shard), descriptor, event.events) }
        if interest.registered != 0 {
            register(descriptor, EPOLL_CTL_DEL, 0, shard: shard)
            interests[Int(descriptor)].registered = 0
        }
        return nil
    }

    /// Sets the events that a shard waits for on a descriptor; 0 for none.
    func want(_ descriptor: Int32, _ mask: UInt32, shard: Int) {
        // libcurl may name a socket that it could not open.
        guard descriptor >= 0 else { return }
        reserve(descriptor)
        var interest = interests[Int(descriptor)]
        let shard = UInt32(shard)
        interest.wanted = mask
        if mask == 0 {
            if !interest.isTracked {
                register(descriptor, EPOLL_CTL_DEL, 0, shard: shard)
                interest.registered = 0
            }
        } else if interest.registered != mask || interest.shard != shard {
            register(descriptor, interest.registered == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, mask, shard: shard)
            interest.registered = mask
            interest.shard = shard
        }
        interests[Int(descriptor)] = interest
    }

    /// Notes a new socket, whose closing will be reported by ``closing(_:)``.
    func opened(_ descriptor: Int32, owner: UInt32) {
        reserve(descriptor)
        interests[Int(descriptor)] = Interest(owner: owner, isTracked: true)
    }

    /// Whether a socket that was opened for an owner is still open.
    func isOpen(_ descriptor: Int32, owner: UInt32) -> Bool {
        let interest = interests[Int(descriptor)]
        return interest.isTracked && interest.owner == owner
    }

    /// Lets a socket's reader find its end, as if its peer had closed it.
    func endReading(_ descriptor: Int32) {
        shutdown(descriptor, Int32(SHUT_RD))
    }

    /// Notes that a tracked socket is about to be closed, which ends its registration in the kernel.
    func closing(_ descriptor: Int32) {
        guard descriptor >= 0 else { return }
        reserve(descriptor)
        interests[Int(descriptor)] = Interest()
    }

    private func reserve(_ descriptor: Int32) {
        while interests.count <= Int(descriptor) { interests.append(Interest()) }
    }

    private func register(_ descriptor: Int32, _ operation: Int32, _ mask: UInt32, shard: UInt32) {
        var event = epoll_event()
        event.events = mask
        event.data.u64 = UInt64(shard) << 32 | UInt64(UInt32(bitPattern: descriptor))
        epoll_ctl(epoll, operation, descriptor, &event)
    }
}
