import ApeCore
import ApeReport

/// What `ape-test` tells a run of this machine: one JSON object, answered by one.
///
/// `{"command": "scale", "agents": 50}`, and so on for every ``RunCommand``; the answer is `{"ok": true}`, or
/// `{"error": "..."}` with a sentence. `{"command": "link"}` is answered by `{"ok": true, "link": "..."}`, and
/// `{"command": "live"}` by `{"ok": true, "live": {...}}`: how the run goes.
struct SocketCommands: Sendable {
    let loop: CoordinatorLoop
    /// nil where the run is not controlled over HTTP.
    let access: ControlAccess?

    /// Does what a line says.
    func answer(_ line: String) async -> String {
        do throws(ApeError) {
            var command: JSONObject
            do { command = try JSONValue(parsing: line).object ?? [:] } catch {
                throw ApeError(.usage, "The command is not JSON")
            }
            let name = command["command"]?.string ?? ""
            command["command"] = nil
            if name == "live" { return JSONValue.object(["ok": true, "live": await loop.live.json]).text }
            if name == "link" {
                guard let access else {
                    throw ApeError(.usage, "The coordinator serves no HTTP: start it without --no-http")
                }
                return JSONValue.object(["ok": true, "link": .string(access.link)]).text
            }
            try await loop.obey(RunCommand(name, command))
            return JSONValue.object(["ok": true]).text
        } catch {
            return JSONValue.object(["error": .string(error.message)]).text
        }
    }
}
