import ApeCore
import ApeWire

/// Connections that have not proven themselves: bounded in all and for each address, so that whoever opens many pays
/// with their own.
struct PendingConnections: Sendable {
    let limit: Int
    let perAddress: Int
    private var connections: [ConnectionID: PendingConnection] = [:]
    private var counts: [String: Int] = [:]

    init(limit: Int, perAddress: Int) {
        self.limit = limit
        self.perAddress = perAddress
    }

    subscript(_ id: ConnectionID) -> PendingConnection? { connections[id] }

    /// In the order of coming.
    var all: [PendingConnection] { connections.values.sorted { $0.id < $1.id } }

    /// Takes a connection in.
    ///
    /// - Returns: the one that has to go for it: the oldest of an address that has too many, or the oldest of the one
    ///   that has the most.
    mutating func insert(_ connection: PendingConnection) -> PendingConnection? {
        let address = connection.address
        var crowded: String?
        if counts[address, default: 0] >= perAddress {
            crowded = address
        } else if connections.count >= limit {
            crowded = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
        }
        let oldest = crowded.flatMap { crowded in
            connections.values.filter { $0.address == crowded }.min { ($0.openedAt, $0.id) < ($1.openedAt, $1.id) }
        }
        if let oldest { remove(oldest.id) }
        connections[connection.id] = connection
        counts[address, default: 0] += 1
        return oldest
    }

    @discardableResult
    mutating func remove(_ id: ConnectionID) -> PendingConnection? {
        guard let connection = connections.removeValue(forKey: id) else { return nil }
        let left = counts[connection.address, default: 0] - 1
        counts[connection.address] = left > 0 ? left : nil
        return connection
    }

    /// Bytes have come.
    mutating func append(_ bytes: [UInt8], to id: ConnectionID) {
        connections[id]?.codec.append(bytes)
    }

    /// The next message of a connection.
    mutating func next(of id: ConnectionID) throws(ApeError) -> Message? {
        try connections[id]?.codec.next()
    }

    mutating func removeAll() {
        connections = [:]
        counts = [:]
    }
}

/// A connection that has not proven itself yet.
struct PendingConnection: Sendable {
    let id: ConnectionID
    let peer: String
    let nonce: Nonce
    let openedAt: FleetTime
    /// Whose connections count together.
    let address: String
    var codec = LineCodec()

    init(id: ConnectionID, peer: String, nonce: Nonce, openedAt: FleetTime) {
        self.id = id
        self.peer = peer
        self.nonce = nonce
        self.openedAt = openedAt
        address = PeerNetwork.of(peer)
    }
}
