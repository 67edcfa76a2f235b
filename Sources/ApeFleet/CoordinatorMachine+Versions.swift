import ApeCore
import ApeWire

/// Workers of other versions: which ones a run takes.
extension CoordinatorMachine {
    /// Sides of one major version work together, unless the run asks for what an older worker does not know.
    ///
    /// - Throws: ``ApeError`` of code `version_mismatch` that names the worker, both versions and what to do.
    func checkVersion(of hello: Hello) throws(ApeError) {
        let mine = ProtocolVersion.current
        let worker = "The worker \(hello.name) (version \(hello.software)) speaks \(hello.version)"
        guard hello.version.major == mine.major else {
            throw ApeError(
                .versionMismatch,
                "\(worker) and this coordinator \(mine); install the same version on both"
            )
        }
        guard configuration.rowSets.isEmpty || hello.version.minor >= 2 else {
            throw ApeError(
                .versionMismatch,
                "\(worker), and the scenario's data need \(mine): install a worker that knows want_rows, or give the "
                    + "rows in the scenario, picked by agent"
            )
        }
        guard plan.stages.allSatisfy({ $0.arrivals == nil }) || hello.version.minor >= 3 else {
            throw ApeError(
                .versionMismatch,
                "\(worker), and sessions that arrive at a rate need \(mine): install a worker that knows arrivals, or "
                    + "give a plan of agents alone"
            )
        }
    }

    /// A fleet of unlike versions is for as long as an upgrade takes; who is still to be upgraded stands in the log.
    mutating func tellOfAnotherVersion(_ hello: Hello) {
        let mine = ProtocolVersion.current
        guard hello.version != mine else { return }
        log(
            .warning,
            "A worker speaks another version of the protocol",
            [
                "worker": hello.worker, "name": hello.name, "version": hello.software,
                "protocol": "\(hello.version)", "coordinator": "\(mine)",
            ]
        )
    }
}
