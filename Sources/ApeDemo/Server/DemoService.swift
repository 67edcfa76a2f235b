/// What answers the requests of a ``DemoListener``, on all of its threads at once.
protocol DemoService: Sendable {
    /// A longer body of a request is not kept.
    var maximumBodyBytes: Int { get }

    /// Begins to answer a request, on the thread of its connection. What takes time is left to the exchange.
    func answer(_ request: DemoRequest, _ exchange: DemoExchange)

    /// Counts a request whose client gave it up.
    func countDropped()
}
