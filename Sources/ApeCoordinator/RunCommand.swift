import ApeCore

/// What may be asked of a run that goes on: by `ape-test`, by the HTTP API, and by the buttons of its page.
enum RunCommand: Sendable, Equatable {
    /// End it as if its plan had.
    case stop
    /// Go to another number of agents.
    case scale(Int)
    /// Let agents finish what they are at, and stand still.
    case pause
    /// Go on after a pause.
    case resume

    /// A command of a name with its arguments beside it.
    ///
    /// - Throws: ``ApeError`` for a name that is none, and for arguments that are not the command's.
    init(_ name: String, _ arguments: JSONObject) throws(ApeError) {
        let known = name == "scale" ? ["agents"] : []
        if let stray = arguments.first(where: { !known.contains($0.key) }) {
            throw ApeError(.usage, "\(name) takes no \"\(stray.key.prefix(64))\"")
        }
        switch name {
        case "stop": self = .stop
        case "pause": self = .pause
        case "resume": self = .resume
        case "scale":
            guard let agents = arguments["agents"]?.integer, (1...Int64(Plan.maximumAgents)).contains(agents) else {
                throw ApeError(.usage, "The number of agents is not between 1 and \(Plan.maximumAgents)")
            }
            self = .scale(Int(agents))
        default: throw ApeError(.usage, "There are the commands scale, pause, resume and stop")
        }
    }
}
