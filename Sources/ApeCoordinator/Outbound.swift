import ApeTransfer

/// The coordinator's own requests: it reads figures of servers and sends traces.
///
/// They have a thread of their own, so that no server that is slow to answer holds the run.
package final class Outbound: Sendable {
    private let reactor: Reactor
    private let client: TransferClient

    package init() {
        reactor = Reactor(name: "ape-outbound")
        client = TransferClient(reactor: reactor)
    }

    /// Makes a request and reads its whole answer, as far as its limit goes. Cancelling the task cancels the request.
    ///
    /// - Throws: ``TransferError`` for every failure to get an answer. A status of 400 or 500 is an answer.
    package func perform(_ request: TransferRequest) async throws(TransferError) -> TransferResponse {
        let asking = Task(executorPreference: reactor) { [client] () -> Result<TransferResponse, TransferError> in
            do throws(TransferError) { return .success(try await client.perform(request)) } catch {
                return .failure(error)
            }
        }
        return try await withTaskCancellationHandler {
            await asking.value
        } onCancel: {
            asking.cancel()
        }.get()
    }

    /// Ends the thread; what is under way fails as cancelled. Must be called once no further request is made.
    package func shutdown() { reactor.shutdown() }
}
