import ApeCore
import ApeMetrics
import ApeWire

/// Connecting, the handshake, and connecting again.
extension WorkerMachine {
    mutating func connected(_ id: ConnectionID, nonce: Nonce, at now: LocalTime) {
        guard case .connecting = link else {
            actions.append(.close(id, after: []))
            return
        }
        connection = Connection(id: id, openedAt: now, heardAt: now)
        link = .greeting(nonce: nonce)
    }

    mutating func connectFailed(_ reason: String, at now: LocalTime) {
        guard case .connecting = link else { return }
        log(.warning, "The coordinator cannot be reached", ["reason": reason])
        retry(reason, at: now)
    }

    mutating func received(_ id: ConnectionID, _ bytes: [UInt8], at now: LocalTime) {
        guard connection?.id == id else { return }
        connection?.heardAt = now
        connection?.codec.append(bytes)
        // Handling a message may end this connection, or let its next lines be longer.
        while connection?.id == id {
            do {
                guard let message = try connection?.codec.next() else { return }
                try take(message, at: now)
            } catch {
                fail(error, at: now)
            }
        }
    }

    private mutating func take(_ message: Message, at now: LocalTime) throws(ApeError) {
        switch (link, message) {
        case (.online, _): try takeOnline(message, at: now)
        case (.greeting(let nonce), .greet(let greet)): try hello(greet, nonce: nonce, at: now)
        case (.proving, .welcome(let welcome)): try take(welcome, at: now)
        case (_, .error(let fault)): refused(fault, at: now)
        case (_, .unknown(let type)): answer(unknown: type)
        default: throw ApeError(.outOfOrder, "\(message.type) may not come now")
        }
    }

    /// What the coordinator does not know, it is told; nothing else comes of it.
    mutating func answer(unknown type: String) {
        guard let connection else { return }
        let fault = ApeError(.unknownType, "This worker does not know \(type.prefix(64))")
        actions.append(.send(connection.id, Message.error(fault).line))
    }

    private mutating func hello(_ greet: Greet, nonce: Nonce, at now: LocalTime) throws(ApeError) {
        let mine = ProtocolVersion.current
        guard greet.version.major == mine.major else {
            throw ApeError(
                .versionMismatch,
                "\(greet.coordinator) speaks \(greet.version) and this worker \(mine); install the same version on both"
            )
        }
        takesSuccesses = greet.version.minor >= 4
        let proof = HandshakeProof.worker(
            token: configuration.token,
            greetNonce: greet.nonce,
            helloNonce: nonce,
            worker: configuration.worker,
            authenticator: configuration.authenticator
        )
        let hello = Hello(
            version: mine,
            worker: configuration.worker,
            name: configuration.name,
            software: configuration.software,
            nonce: nonce,
            proof: proof,
            capacity: configuration.capacity,
            cancelsAtLease: true,
            resume: run.map { Hello.Resume(run: $0.run, lastSeq: $0.outbox.lastSeq) }
        )
        guard let connection else { return }
        link = .proving(greetNonce: greet.nonce, helloNonce: nonce, helloAt: now)
        actions.append(.send(connection.id, Message.hello(hello).line))
    }

    private mutating func take(_ welcome: Welcome, at now: LocalTime) throws(ApeError) {
        guard case .proving(let greetNonce, let helloNonce, let helloAt) = link else { return }
        let expected = HandshakeProof.coordinator(
            token: configuration.token,
            greetNonce: greetNonce,
            helloNonce: helloNonce,
            worker: configuration.worker,
            authenticator: configuration.authenticator
        )
        guard HandshakeProof.matches(welcome.proof, expected) else {
            throw ApeError(.authFailed, "The coordinator's proof is wrong: the two sides do not have the same token")
        }
        link = .online
        connection?.codec.limitBytes = WireLimit.lineBytes
        onlineAt = now
        backoff.reset()
        if clock.isKnown {
            log(.notice, "The coordinator is there again")
        } else {
            log(.notice, "This worker has joined", ["worker": configuration.worker, "name": configuration.name])
        }
        if welcome.clock == nil || welcome.clock != followedClock { clock.forgetSamples() }
        followedClock = welcome.clock
        clock.sample(sent: welcome.now, received: now)
        resume(welcome.resume, at: now)
        sayThatItSlept()
        // What was cancelled meanwhile comes into force again only when it is said anew.
        if !lease.isInForce { run?.forgetAssignments() }
        lease.heard(at: helloAt, length: welcome.lease)
        renewLease(at: now)
    }

    private mutating func sayThatItSlept() {
        guard let slept, let run else { return }
        self.slept = nil
        let seconds = Decimals.text(Double(slept.micros) / 1_000_000, places: 1)
        send(
            .event(
                WorkerEvent(
                    run: run.run,
                    level: .warning,
                    code: "process_slept",
                    message: "the process did not run for \(seconds) s: it was stopped, or its host was suspended"
                )
            )
        )
    }

    private mutating func refused(_ fault: ApeError, at now: LocalTime) {
        log(.error, "The coordinator refuses this worker", ["code": fault.code.rawValue, "reason": fault.message])
        reconnect(fault.message, at: now)
        if configuration.once, [.authFailed, .versionMismatch].contains(fault.code) { exit(.failed(fault.message)) }
    }

    /// The coordinator broke the contract: it is told why, and the connection ends.
    private mutating func fail(_ fault: ApeError, at now: LocalTime) {
        guard let id = connection?.id else { return }
        actions.append(.close(id, after: Message.error(fault).line))
        log(.error, "The coordinator broke the protocol", ["code": fault.code.rawValue, "reason": fault.message])
        connection = nil
        retry(fault.message, at: now)
        if configuration.once, [.authFailed, .versionMismatch].contains(fault.code) { exit(.failed(fault.message)) }
    }

    /// Gives the connection up and tries again.
    mutating func reconnect(_ reason: String, at now: LocalTime) {
        if let connection { actions.append(.close(connection.id, after: [])) }
        connection = nil
        log(.warning, "The coordinator is away", ["reason": reason])
        retry(reason, at: now)
    }

    /// Certificates are replaced, so a worker that was refused tries again; one that is there for a single run, and has
    /// never been in it, says why it cannot be.
    mutating func giveUpWhereRefused(_ reason: String) {
        if configuration.once, !clock.isKnown, !hasExited { exit(.failed(reason)) }
    }

    private mutating func retry(_ reason: String, at now: LocalTime) {
        link = .waiting(until: now + backoff.next())
        if configuration.once, let onlineAt, now - onlineAt > configuration.limits.once {
            exit(.failed(reason))
        }
    }
}
