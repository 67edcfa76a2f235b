import ApeCore
import ApeFleet
import ApeRun

/// What `ape-test` tells a run that goes on: one JSON object, answered by one.
///
/// `{"command": "scale", "agents": 50}` and `{"command": "stop"}`; the answer is `{"ok": true}`, or
/// `{"error": "..."}` with a sentence.
extension CoordinatorLoop {
    /// Does what a command says.
    func obey(_ line: String) -> String {
        do throws(ApeError) {
            let command: JSONValue
            do { command = try JSONValue(parsing: line) } catch { throw ApeError(.usage, "The command is not JSON") }
            switch command["command"]?.string {
            case "stop": handle(.stopped)
            case "scale": try scale(to: command["agents"]?.integer)
            default: throw ApeError(.usage, "There are the commands scale and stop")
            }
            return JSONValue.object(["ok": true]).text
        } catch {
            return JSONValue.object(["error": .string(error.message)]).text
        }
    }

    private func scale(to agents: Int64?) throws(ApeError) {
        guard let agents, (1...Int64(Plan.maximumAgents)).contains(agents) else {
            throw ApeError(.usage, "The number of agents is not between 1 and \(Plan.maximumAgents)")
        }
        guard record.ledger.plan.stages.last?.isOpen == true else {
            throw ApeError(.usage, "The run follows a plan: only a fleet of ape-test start can be scaled")
        }
        handle(.rescale(Int(agents)))
    }
}
