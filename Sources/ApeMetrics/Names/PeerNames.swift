/// The names of what is counted of connections to one peer: a target by its name, or the model's endpoint.
///
/// They are made once, since every request counts under them.
package struct PeerNames: Sendable {
    /// The label of the model's endpoint. No target can be called so.
    package static let model = "(model)"

    package let opened: CounterName
    package let reused: CounterName
    package let failed: CounterName
    package let repeated: CounterName
    package let nameLookup: SeriesName
    package let connect: SeriesName
    package let tls: SeriesName

    /// - Parameters:
    ///   - peer: a target's name, or ``model``.
    ///   - index: its place among the targets. Those past the labels that a window has are counted together.
    package init(_ peer: String, index: Int = 0) {
        let peer = index < WindowTally.maximumLabels - 2 ? peer : WindowTally.otherLabel
        opened = CounterFamily.connectionsOpened[peer]
        reused = CounterFamily.connectionsReused[peer]
        failed = CounterFamily.connectionsFailed[peer]
        repeated = CounterFamily.requestsRepeated[peer]
        nameLookup = SeriesFamily.nameLookup[peer]
        connect = SeriesFamily.connect[peer]
        tls = SeriesFamily.tls[peer]
    }
}
