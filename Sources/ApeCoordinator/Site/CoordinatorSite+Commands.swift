import ApeCore
import ApeHTTP
import ApeStore

/// What whoever may control the run can have it do.
extension CoordinatorSite {
    /// The answer to a command: `POST /api/v1/runs/{id}/NAME`, with its arguments as a JSON object where it has any.
    func obey(_ request: HTTPRequest) async -> HTTPAnswer? {
        let parts = request.path.split(separator: "/")
        guard parts.count == 5 else { return nil }
        let (id, name) = (String(parts[3]), String(parts[4]))
        guard id == loop.configuration.runID else { return await refusal(ofRun: id) }
        let arguments: JSONObject
        do {
            guard let object = try request.body.isEmpty ? [:] : JSONValue(parsing: request.body).object else {
                return .error(422, "invalid", "The body is not a JSON object")
            }
            arguments = object
        } catch {
            return .error(400, "not_json", "The body is not JSON")
        }
        let command: RunCommand
        do throws(ApeError) { command = try RunCommand(name, arguments) } catch {
            return .error(422, "invalid", error.message)
        }
        do throws(ApeError) { try await loop.obey(command) } catch { return .error(409, "conflict", error.message) }
        return .json(["run": .string(id), "command": .string(name)], status: 202)
    }

    /// Of another run than the one that goes on nothing can be had here but what is stored.
    func refusal(ofRun id: String) async -> HTTPAnswer {
        let isKnown = (try? await store.run(id)) != nil
        return isKnown
            ? .error(409, "conflict", "This coordinator does not run \(id), but \(loop.configuration.runID)")
            : .unknownRun(id)
    }
}
