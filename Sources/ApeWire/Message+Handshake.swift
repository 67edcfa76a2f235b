import ApeCore

/// `greet`: the coordinator's first line.
package struct Greet: Sendable, Equatable {
    package var version: ProtocolVersion
    /// The coordinator's name, for logs.
    package var coordinator: String
    package var nonce: Nonce

    package init(version: ProtocolVersion, coordinator: String, nonce: Nonce) {
        self.version = version
        self.coordinator = coordinator
        self.nonce = nonce
    }
}

/// What a worker's host offers.
package struct Capacity: Sendable, Equatable {
    /// Processors that the worker may use.
    package var cpus: Int
    package var memoryBytes: Int64
    /// The most agents that the worker takes; nil leaves it to the coordinator.
    package var maxAgents: Int?
    package var labels: [String: String]

    package init(cpus: Int, memoryBytes: Int64, maxAgents: Int? = nil, labels: [String: String] = [:]) {
        self.cpus = cpus
        self.memoryBytes = memoryBytes
        self.maxAgents = maxAgents
        self.labels = labels
    }
}

/// `hello`: who the worker is, and its proof.
package struct Hello: Sendable, Equatable {
    package var version: ProtocolVersion
    /// The UUID of this worker process.
    package var worker: String
    /// The worker's name, for people.
    package var name: String
    /// The worker software's version.
    package var software: String
    package var nonce: Nonce
    package var proof: String
    package var capacity: Capacity
    /// Whether the worker cancels everything in flight when its lease runs out, rather than at two leases: its agents
    /// can go to others that much sooner.
    package var cancelsAtLease: Bool
    package var resume: Resume?

    /// The run that the worker is in, and its latest window.
    package struct Resume: Sendable, Equatable {
        package var run: String
        /// 0 when no window was made yet.
        package var lastSeq: Int64

        package init(run: String, lastSeq: Int64) {
            self.run = run
            self.lastSeq = lastSeq
        }
    }

    package init(
        version: ProtocolVersion,
        worker: String,
        name: String,
        software: String,
        nonce: Nonce,
        proof: String,
        capacity: Capacity,
        cancelsAtLease: Bool = false,
        resume: Resume? = nil
    ) {
        self.version = version
        self.worker = worker
        self.name = name
        self.software = software
        self.nonce = nonce
        self.proof = proof
        self.capacity = capacity
        self.cancelsAtLease = cancelsAtLease
        self.resume = resume
    }
}

/// `welcome`: the coordinator's proof, and what holds between the two from here on.
package struct Welcome: Sendable, Equatable {
    package var proof: String
    /// Fleet time at which this was sent.
    package var now: FleetTime
    /// Between two pings.
    package var heartbeat: Micros
    /// How long a worker may work on without proof that the coordinator hears it.
    package var lease: Micros
    /// Names the clock that fleet time goes by, which is another one in each coordinator's process.
    package var clock: String?
    /// Present when the worker's run is this coordinator's run.
    package var resume: Resume?

    /// The run to go on with, and the last window that is durably stored.
    package struct Resume: Sendable, Equatable {
        package var run: String
        package var ackedSeq: Int64

        package init(run: String, ackedSeq: Int64) {
            self.run = run
            self.ackedSeq = ackedSeq
        }
    }

    package init(
        proof: String,
        now: FleetTime,
        heartbeat: Micros,
        lease: Micros,
        clock: String? = nil,
        resume: Resume? = nil
    ) {
        self.proof = proof
        self.now = now
        self.heartbeat = heartbeat
        self.lease = lease
        self.clock = clock
        self.resume = resume
    }
}

/// `ping`: the coordinator lives, and what its clock says.
package struct Ping: Sendable, Equatable {
    package var id: Int64
    /// Fleet time at which this was sent.
    package var sent: FleetTime
    /// `local_us` of the latest pong that the coordinator has received on this connection: the moment, on the
    /// worker's own clock, from which its lease runs. Nil before the first pong.
    package var heard: LocalTime?

    package init(id: Int64, sent: FleetTime, heard: LocalTime? = nil) {
        self.id = id
        self.sent = sent
        self.heard = heard
    }
}

/// `pong`: the answer to a ping, at once.
package struct Pong: Sendable, Equatable {
    /// The ping's.
    package var id: Int64
    /// The ping's.
    package var sent: FleetTime
    /// The worker's own monotonic clock at the moment of sending; its zero is the worker's affair.
    package var local: LocalTime

    package init(id: Int64, sent: FleetTime, local: LocalTime) {
        self.id = id
        self.sent = sent
        self.local = local
    }
}
