import ApeCore
import ApeWire

/// Who comes in: connections, the handshake, and what ends them.
extension CoordinatorMachine {
    mutating func connected(_ id: ConnectionID, peer: String, nonce: Nonce, at now: FleetTime) {
        if doors.count >= configuration.limits.unauthenticatedConnections,
            let oldest = doors.values.min(by: { ($0.openedAt, $0.id) < ($1.openedAt, $1.id) })
        {
            turnAway(oldest, Fault(.overloaded, "Too many connections have not proven themselves"), at: now)
        }
        doors[id] = Door(id: id, peer: peer.cut(to: WireLimit.nameBytes), nonce: nonce, openedAt: now)
        let greet = Greet(version: .current, coordinator: configuration.name, nonce: nonce)
        actions.append(.send(id, Message.greet(greet).line))
    }

    mutating func received(_ id: ConnectionID, _ bytes: [UInt8], at now: FleetTime) {
        if doors[id] != nil {
            // A door that opens hands its codec on, with what came after `hello`.
            knock(id, bytes, at: now)
        } else {
            links[id]?.codec.append(bytes)
        }
        links[id]?.heardAt = now
        while let member = links[id]?.member {
            do throws(Fault) {
                guard let message = try links[id]?.codec.next() else { return }
                try take(message, from: member, on: id, at: now)
            } catch {
                fail(id, error, at: now)
            }
        }
    }

    private mutating func knock(_ id: ConnectionID, _ bytes: [UInt8], at now: FleetTime) {
        doors[id]?.codec.append(bytes)
        do throws(Fault) {
            guard let message = try doors[id]?.codec.next(), let door = doors[id] else { return }
            switch message {
            case .hello(let hello): try welcome(hello, at: door, now: now)
            case .error(let fault): turnAway(door, fault, at: now)
            default: throw Fault(.outOfOrder, "\(message.type.prefix(64)) may not come before hello")
            }
        } catch {
            if let door = doors[id] { turnAway(door, error, at: now) }
        }
    }

    mutating func turnAway(_ door: Door, _ fault: Fault, at now: FleetTime) {
        doors[door.id] = nil
        actions.append(.close(door.id, after: Message.error(fault).line))
        tell(of: door, fault, at: now)
    }

    /// A connection broke before it had proven itself: for want of a certificate, for example.
    mutating func strangerBroke(_ id: ConnectionID, _ reason: String, at now: FleetTime) {
        guard let door = doors.removeValue(forKey: id) else { return }
        tell(of: door, Fault(Fault.Code(rawValue: "connection_broken"), reason), at: now)
    }

    private mutating func tell(of door: Door, _ fault: Fault, at now: FleetTime) {
        if turnedAwayLog.spend(at: now) {
            log(
                .warning,
                "A connection was turned away",
                ["peer": door.peer, "code": fault.code.rawValue, "reason": fault.message]
            )
        } else {
            turnedAwayLog.drop()
        }
        recordTurnedAway(door.peer, fault, at: now)
    }

    /// Keeps what is stored about strangers bounded: anybody can knock.
    private mutating func recordTurnedAway(_ peer: String, _ fault: Fault, at now: FleetTime) {
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

    private mutating func welcome(_ hello: Hello, at door: Door, now: FleetTime) throws(Fault) {
        let mine = ProtocolVersion.current
        guard hello.version.major == mine.major else {
            throw Fault(
                .versionMismatch,
                "The worker speaks \(hello.version) and this coordinator \(mine); install the same version on both"
            )
        }
        let expected = HandshakeProof.worker(
            token: configuration.token,
            greetNonce: door.nonce,
            helloNonce: hello.nonce,
            worker: hello.worker,
            authenticator: configuration.authenticator
        )
        guard HandshakeProof.matches(hello.proof, expected) else {
            throw Fault(.authFailed, "The worker's proof is wrong: the two sides do not have the same token")
        }
        let known = memberIndex[hello.worker]
        if let known, let old = members[known].connection {
            guard now >= members[known].heardAt + configuration.heartbeat * 3 else {
                throw Fault(.duplicateWorker, "The worker \(hello.worker) has a connection that lives")
            }
            actions.append(.close(old, after: []))
            disconnected(old, reason: "The worker came back on a new connection", at: now)
        }
        if isEnding, known == nil { throw Fault(.draining, "The run is ending") }
        guard known != nil || members.count < configuration.limits.members else {
            throw Fault(.overloaded, "The run has had \(members.count) workers and takes no new one")
        }
        admit(hello, known: known, at: door, now: now)
    }

    private mutating func admit(_ hello: Hello, known: Int?, at door: Door, now: FleetTime) {
        let index = known ?? join(hello, peer: door.peer, at: now)
        doors[door.id] = nil
        var codec = door.codec
        codec.limitBytes = WireLimit.lineBytes
        links[door.id] = MemberLink(member: index, openedAt: now, codec: codec, heardAt: now)
        let resumes = hello.resume?.run == configuration.run
        let proof = HandshakeProof.coordinator(
            token: configuration.token,
            greetNonce: door.nonce,
            helloNonce: hello.nonce,
            worker: hello.worker,
            authenticator: configuration.authenticator
        )
        arrive(index, on: door.id, hello, resumes: resumes, at: now)
        let welcome = Welcome(
            proof: proof,
            now: now,
            heartbeat: configuration.heartbeat,
            lease: configuration.lease,
            resume: resumes ? .init(run: configuration.run, ackedSeq: members[index].storedSeq) : nil
        )
        send(.welcome(welcome), to: index)
        greetMember(index, resumes: resumes)
        ping(door.id, at: now)
    }

    private mutating func join(_ hello: Hello, peer: String, at now: FleetTime) -> Int {
        let index = members.count
        members.append(
            Member(
                worker: hello.worker,
                name: hello.name,
                capacity: hello.capacity,
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
                peer: peer,
                capacity: hello.capacity
            ),
            at: now
        )
        log(.info, "A worker has joined", ["worker": hello.worker, "name": hello.name, "peer": peer])
        return index
    }

    /// The peer broke the contract: it is told why, and the connection ends.
    private mutating func fail(_ id: ConnectionID, _ fault: Fault, at now: FleetTime) {
        guard links[id] != nil else { return }
        actions.append(.close(id, after: Message.error(fault).line))
        disconnected(id, reason: fault.message, at: now)
    }

    mutating func disconnected(_ id: ConnectionID, reason: String, at now: FleetTime) {
        doors[id] = nil
        guard let link = links.removeValue(forKey: id) else { return }
        let index = link.member
        guard members[index].connection == id else { return }
        members[index].connection = nil
        members[index].awaySince = now
        members[index].isReady = false
        if links.isEmpty { nobodySince = now }
        guard members[index].standing != .stopped else { return }
        record(.disconnected(worker: members[index].worker, reason: reason.cut(to: WireLimit.messageBytes)), at: now)
        log(.warning, "A worker's connection ended", ["worker": members[index].worker, "reason": reason])
    }
}
