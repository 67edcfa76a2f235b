/// How several requests got their connections.
package struct ConnectionLog: Sendable {
    /// How often one went over a connection that was open already, and that was all.
    package private(set) var plainReuses = 0
    /// How the others got theirs.
    package private(set) var others: [ConnectionUse] = []

    package init() {}

    package mutating func add(_ use: ConnectionUse) {
        if use == ConnectionUse.plainReuse { plainReuses += 1 } else { others.append(use) }
    }

    /// Adds an answer's hops.
    package mutating func add(_ response: TransferResponse) {
        for hop in response.redirectedFrom { add(hop.connection) }
        add(response.connection)
    }

    /// Adds the hops of a request that failed.
    package mutating func add(_ error: TransferError) {
        for hop in error.redirectedFrom { add(hop.connection) }
        add(error.connection)
    }
}

extension ConnectionUse {
    fileprivate static let plainReuse: ConnectionUse = {
        var use = ConnectionUse()
        use.reused = 1
        return use
    }()
}
