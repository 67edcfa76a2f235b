import ApeFleet
import ApeWire

/// Connections: bytes in order on each, at their own pace, and all the ways in which they end.
extension Simulation {
    /// Answers a worker's attempt to connect.
    mutating func connect(_ index: Int, life: Int) {
        guard workers[index].life == life, workers[index].machine != nil else { return }
        if let until = workers[index].pausedUntilMicros { return queue.add(.connect(index, life: life), at: until) }
        guard coordinator != nil, workers[index].partitionedUntilMicros <= now else {
            return handle(index, .connectFailed("refused"))
        }
        let link = SimulatedLink(
            id: ConnectionID(links.count + 1),
            worker: index,
            workerLife: life,
            coordinatorLife: coordinatorLife
        )
        links.append(link)
        if isTracing { note("worker \(index) connected as \(link.id)") }
        handle(index, .connected(link.id, nonce: nonce()))
        send(link.id, toCoordinator: true, [])
    }

    mutating func nonce() -> Nonce {
        Nonce((0..<Nonce.bytes).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    private func index(of id: ConnectionID) -> Int { Int(id) - 1 }

    /// When what is sent now arrives.
    private mutating func arrival(_ link: Int, toCoordinator: Bool) -> Int64 {
        let worker = workers[links[link].worker]
        let slow = worker.slowUntilMicros > now ? worker.slowByMicros : 0
        let muted = toCoordinator ? worker.mutedUntilMicros : 0
        return max(now, worker.partitionedUntilMicros, muted) + pick(setup.latencyMicros) + slow
    }

    mutating func send(_ id: ConnectionID, toCoordinator: Bool, _ bytes: [UInt8]) {
        let link = index(of: id)
        let at = arrival(link, toCoordinator: toCoordinator)
        guard !links[link].isDead else { return }
        let last = toCoordinator ? links[link].toCoordinator.lastMicros : links[link].toWorker.lastMicros
        let ordered = max(at, last)
        if toCoordinator {
            links[link].toCoordinator.lastMicros = ordered
        } else {
            links[link].toWorker.lastMicros = ordered
        }
        queue.add(.deliver(link: link, toCoordinator: toCoordinator, bytes), at: ordered)
    }

    /// One side ends the connection: it forgets it at once, the other learns of it behind everything that was sent.
    mutating func close(_ id: ConnectionID, byCoordinator: Bool, after bytes: [UInt8]) {
        if !bytes.isEmpty { send(id, toCoordinator: !byCoordinator, bytes) }
        let link = index(of: id)
        let at = arrival(link, toCoordinator: !byCoordinator)
        if byCoordinator {
            links[link].toCoordinator.isOpen = false
        } else {
            links[link].toWorker.isOpen = false
        }
        guard !links[link].isDead else { return }
        let last = byCoordinator ? links[link].toWorker.lastMicros : links[link].toCoordinator.lastMicros
        queue.add(.end(link: link, atCoordinator: !byCoordinator), at: max(at, last))
    }

    mutating func deliver(_ link: Int, toCoordinator: Bool, _ bytes: [UInt8]) {
        let worker = links[link].worker
        if workers[worker].partitionedUntilMicros > now {
            return queue.add(
                .deliver(link: link, toCoordinator: toCoordinator, bytes),
                at: workers[worker].partitionedUntilMicros
            )
        }
        if toCoordinator {
            deliverToCoordinator(link, bytes)
        } else {
            deliverToWorker(link, bytes)
        }
    }

    private mutating func deliverToCoordinator(_ link: Int, _ bytes: [UInt8]) {
        guard coordinator != nil, links[link].coordinatorLife == coordinatorLife else {
            // Nobody has this connection any more: the worker's host is told so.
            return queue.add(.end(link: link, atCoordinator: false), at: now + pick(setup.latencyMicros))
        }
        if let until = coordinatorPausedUntil {
            return queue.add(.deliver(link: link, toCoordinator: true, bytes), at: until)
        }
        guard links[link].toCoordinator.isOpen else { return }
        if bytes.isEmpty {
            handle(.connected(links[link].id, peer: "host-\(links[link].worker)", nonce: nonce()))
        } else {
            handle(.received(links[link].id, bytes))
        }
    }

    private mutating func deliverToWorker(_ link: Int, _ bytes: [UInt8]) {
        let index = links[link].worker
        guard workers[index].life == links[link].workerLife, workers[index].machine != nil,
            links[link].toWorker.isOpen
        else { return }
        if let until = workers[index].pausedUntilMicros {
            return queue.add(.deliver(link: link, toCoordinator: false, bytes), at: until)
        }
        workers[index].heardMicros = now
        checkAck(index, bytes)
        handle(index, .received(links[link].id, bytes))
    }

    mutating func end(_ link: Int, atCoordinator: Bool) {
        let index = links[link].worker
        let happening = Happening.end(link: link, atCoordinator: atCoordinator)
        if workers[index].partitionedUntilMicros > now {
            return queue.add(happening, at: workers[index].partitionedUntilMicros)
        }
        if atCoordinator {
            guard links[link].toCoordinator.isOpen, coordinator != nil,
                links[link].coordinatorLife == coordinatorLife
            else { return }
            if let until = coordinatorPausedUntil { return queue.add(happening, at: until) }
            links[link].toCoordinator.isOpen = false
            handle(.disconnected(links[link].id))
        } else {
            guard links[link].toWorker.isOpen, workers[index].life == links[link].workerLife,
                workers[index].machine != nil
            else { return }
            if let until = workers[index].pausedUntilMicros { return queue.add(happening, at: until) }
            links[link].toWorker.isOpen = false
            handle(index, .disconnected(links[link].id))
        }
    }
}
