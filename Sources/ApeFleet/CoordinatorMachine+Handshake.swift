import ApeCore
import ApeWire

/// Who comes in: connections, the handshake, and what ends them.
extension CoordinatorMachine {
    mutating func connected(_ id: ConnectionID, peer: String, nonce: Nonce, at now: FleetTime) {
        let connection = PendingConnection(
            id: id,
            peer: peer.cut(to: WireLimit.nameBytes),
            nonce: nonce,
            openedAt: now
        )
        if let crowded = pending.insert(connection) {
            turnAway(crowded, ApeError(.overloaded, "Too many connections have not proven themselves"), at: now)
        }
        let greet = Greet(version: .current, coordinator: configuration.name, nonce: nonce)
        actions.append(.send(id, Message.greet(greet).line))
    }

    mutating func received(_ id: ConnectionID, _ bytes: [UInt8], at now: FleetTime) {
        if pending[id] != nil {
            // A connection that proves itself keeps its codec, with what came after `hello`.
            receivedPending(id, bytes, at: now)
        } else {
            links[id]?.codec.append(bytes)
        }
        links[id]?.heardAt = now
        if let member = links[id]?.member, !members[member].budget.bytes.spend(bytes.count, at: now) {
            members[member].budget.refuse(.messages)
            return fail(id, Self.overBudget("bytes"), at: now)
        }
        while let member = links[id]?.member {
            do throws(ApeError) {
                guard let message = try links[id]?.codec.next() else { return }
                try spend(on: message, of: member, at: now)
                try take(message, from: member, on: id, at: now)
            } catch {
                fail(id, error, at: now)
            }
        }
    }

    private mutating func receivedPending(_ id: ConnectionID, _ bytes: [UInt8], at now: FleetTime) {
        pending.append(bytes, to: id)
        do throws(ApeError) {
            guard let message = try pending.next(of: id), let pendingConnection = pending[id] else { return }
            switch message {
            case .hello(let hello): try welcome(hello, on: pendingConnection, at: now)
            case .error(let fault): turnAway(pendingConnection, fault, at: now)
            default: throw ApeError(.outOfOrder, "\(message.type.prefix(64)) may not come before hello")
            }
        } catch {
            if let pendingConnection = pending[id] { turnAway(pendingConnection, error, at: now) }
        }
    }

    mutating func turnAway(_ connection: PendingConnection, _ fault: ApeError, at now: FleetTime) {
        pending.remove(connection.id)
        actions.append(.close(connection.id, after: Message.error(fault).line))
        noteTurnedAway(connection, fault, at: now)
    }

    /// A connection broke before it had proven itself: for want of a certificate, for example.
    mutating func pendingBroke(_ id: ConnectionID, _ reason: String, at now: FleetTime) {
        guard let connection = pending.remove(id) else { return }
        noteTurnedAway(connection, ApeError(ApeError.Code(rawValue: "connection_broken"), reason), at: now)
    }

    private mutating func noteTurnedAway(_ connection: PendingConnection, _ fault: ApeError, at now: FleetTime) {
        if turnedAwayLog.spend(at: now) {
            log(
                .warning,
                "A connection was turned away",
                ["peer": connection.peer, "code": fault.code.rawValue, "reason": fault.message]
            )
        } else {
            turnedAwayLog.drop()
        }
        recordTurnedAway(connection.peer, fault, at: now)
    }

    /// Keeps what is stored about them bounded: anybody can open a connection.
    private mutating func recordTurnedAway(_ peer: String, _ fault: ApeError, at now: FleetTime) {
        guard turnedAway < configuration.limits.turnedAwayFacts else { return }
        turnedAway += 1
        record(
            .turnedAway(
                peer: peer,
                code: fault.code.rawValue.cut(to: WireLimit.nameBytes),
                message: fault.message.cut(to: WireLimit.messageBytes)
            ),
            at: now
        )
    }

    private mutating func welcome(
        _ hello: Hello,
        on connection: PendingConnection,
        at now: FleetTime
    ) throws(ApeError) {
        try checkVersion(of: hello)
        let expected = HandshakeProof.worker(
            token: configuration.token,
            greetNonce: connection.nonce,
            helloNonce: hello.nonce,
            worker: hello.worker,
            authenticator: configuration.authenticator
        )
        guard HandshakeProof.matches(hello.proof, expected) else {
            throw ApeError(.authFailed, "The worker's proof is wrong: the two sides do not have the same token")
        }
        let known = memberIndex[hello.worker]
        let old = known.flatMap { members[$0].connection }
        if let known, old != nil, now < members[known].heardAt + configuration.heartbeat * 3 {
            throw ApeError(.duplicateWorker, "The worker \(hello.worker) has a connection that lives")
        }
        if let known, !members[known].budget.connections.spend(at: now) {
            members[known].budget.refuse(.connections)
            throw Self.overBudget("connections")
        }
        if let old {
            actions.append(.close(old, after: []))
            disconnected(old, reason: "The worker came back on a new connection", at: now)
        }
        if isEnding, known == nil { throw ApeError(.draining, "The run is ending") }
        guard known != nil || members.count < configuration.limits.members else {
            throw ApeError(.overloaded, "The run has had \(members.count) workers and takes no new one")
        }
        admit(hello, known: known, on: connection, at: now)
    }

    private mutating func admit(_ hello: Hello, known: Int?, on connection: PendingConnection, at now: FleetTime) {
        let index = known ?? join(hello, on: connection, at: now)
        pending.remove(connection.id)
        var codec = connection.codec
        codec.limitBytes = WireLimit.lineBytes
        links[connection.id] = MemberLink(member: index, openedAt: now, codec: codec, heardAt: now)
        let resumes = hello.resume?.run == configuration.run
        let proof = HandshakeProof.coordinator(
            token: configuration.token,
            greetNonce: connection.nonce,
            helloNonce: hello.nonce,
            worker: hello.worker,
            authenticator: configuration.authenticator
        )
        arrive(index, on: connection.id, hello, resumes: resumes, at: now)
        let welcome = Welcome(
            proof: proof,
            now: now,
            heartbeat: configuration.heartbeat,
            lease: configuration.lease,
            clock: configuration.clock,
            resume: resumes ? .init(run: configuration.run, ackedSeq: members[index].storedSeq) : nil
        )
        send(.welcome(welcome), to: index)
        greetMember(index, resumes: resumes)
        ping(connection.id, at: now)
    }

    private mutating func join(_ hello: Hello, on connection: PendingConnection, at now: FleetTime) -> Int {
        let index = members.count
        members.append(
            Member(
                worker: hello.worker,
                name: hello.name,
                capacity: hello.capacity,
                presence: .connected(Member.Session(connection: connection.id)),
                heardAt: now,
                limits: configuration.limits
            )
        )
        memberIndex[hello.worker] = index
        record(
            .joined(
                worker: hello.worker,
                name: hello.name,
                software: hello.software,
                peer: connection.peer,
                capacity: hello.capacity
            ),
            at: now
        )
        log(
            .info,
            "A worker has joined",
            ["worker": hello.worker, "name": hello.name, "version": hello.software, "peer": connection.peer]
        )
        tellOfAnotherVersion(hello)
        return index
    }

    /// The peer broke the contract: it is told why, and the connection ends.
    mutating func fail(_ id: ConnectionID, _ fault: ApeError, at now: FleetTime) {
        guard links[id] != nil else { return }
        actions.append(.close(id, after: Message.error(fault).line))
        disconnected(id, reason: fault.message, at: now)
    }

    mutating func disconnected(_ id: ConnectionID, reason: String, at now: FleetTime) {
        pending.remove(id)
        guard let link = links.removeValue(forKey: id) else { return }
        let index = link.member
        guard members[index].connection == id else { return }
        members[index].disconnect(at: now)
        if links.isEmpty { nobodySince = now }
        guard members[index].standing != .stopped else { return }
        record(.disconnected(worker: members[index].worker, reason: reason.cut(to: WireLimit.messageBytes)), at: now)
        log(of: index, .warning, "A worker's connection ended", ["reason": reason], at: now)
    }
}
