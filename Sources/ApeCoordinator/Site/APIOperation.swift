import ApeCore
import ApeHTTP
import ApeReport

/// One operation of the API, for its description.
struct APIOperation: Sendable {
    var method: HTTPEndpoint.Method
    var path: String
    var id: String
    var summary: String
    /// Beside the run's identifier, which every path with `{id}` has.
    var query: [JSONValue] = []
    /// The schema of the body; nil for one without.
    var body: String?
    /// Of the answer: its status, and the schema of each type that it may have.
    var status = 200
    var answers: [(type: String, schema: JSONValue)] = []
    /// What may go wrong, beside what may anywhere.
    var failures: [Int] = []

    init(_ method: HTTPEndpoint.Method, _ path: String, _ id: String, _ summary: String) {
        (self.method, self.path, self.id, self.summary) = (method, path, id, summary)
    }

    static let all: [APIOperation] = [
        read("/api/v1/openapi.json", "description", "This description", ["type": "object"]),
        {
            var runs = read("/api/v1/runs", "runs", "The runs of the results directory, newest first", schema("Runs"))
            let limit: JSONValue = [
                "type": "integer", "minimum": 1, "maximum": .integer(Int64(CoordinatorSite.maximumRuns)),
            ]
            runs.query = [
                parameter("limit", "How many; 100 unless given.", limit),
                parameter("before", "Those before this run: `before` of the answer, for the next.", ["type": "string"]),
            ]
            runs.failures = [400, 404]
            return runs
        }(),
        read("/api/v1/runs/{id}", "run", "One run; more of the one that goes on", schema("Run"), [404]),
        report,
        read("/api/v1/runs/{id}/events", "events", "What happened to the fleet", schema("Events"), [404]),
        live,
        read("/api/v1/workers", "workers", "The workers of the run that goes on", schema("Workers")),
        order("stop", "End the run as if its plan had"),
        order("scale", "Go to another number of agents", body: "Scale"),
        order("pause", "Let agents finish what they are at, and stand still"),
        order("resume", "Go on after a pause"),
    ]

    private static func schema(_ name: String) -> JSONValue { OpenAPI.reference(name) }

    private static func parameter(_ name: String, _ words: String, _ schema: JSONValue) -> JSONValue {
        ["name": .string(name), "in": "query", "description": .string(words), "schema": schema]
    }

    private static func read(
        _ path: String,
        _ id: String,
        _ summary: String,
        _ schema: JSONValue,
        _ failures: [Int] = []
    ) -> APIOperation {
        var operation = APIOperation(.get, path, id, summary)
        operation.answers = [("application/json", schema)]
        operation.failures = failures
        return operation
    }

    private static func order(_ name: String, _ summary: String, body: String = "Nothing") -> APIOperation {
        var operation = APIOperation(.post, "/api/v1/runs/{id}/\(name)", name, summary)
        operation.body = body
        operation.status = 202
        operation.answers = [("application/json", schema("Taken"))]
        operation.failures = [400, 401, 403, 404, 409, 413, 415, 422, 429]
        return operation
    }

    private static let report: APIOperation = {
        var operation = APIOperation(.get, "/api/v1/runs/{id}/report", "report", "A run's report, in any format")
        let formats = ReportFormat.all.map { JSONValue.string($0.name) }
        let parts = ReportFormat.all.flatMap(\.partNames).map { JSONValue.string($0) }
        operation.query = [
            parameter("format", "json unless given.", ["enum": .array(formats)]),
            parameter("part", "Of csv, the table that is wanted; seconds unless given.", ["enum": .array(parts)]),
        ]
        for type in Set(ReportFormat.all.map { String($0.contentType.prefix { $0 != ";" }) }).sorted() {
            operation.answers.append((type, type == "application/json" ? ["type": "object"] : ["type": "string"]))
        }
        operation.failures = [400, 404]
        return operation
    }()

    private static let live: APIOperation = {
        let words = "The run that goes on, once a second: events, or lines where application/x-ndjson is accepted"
        var operation = APIOperation(.get, "/api/v1/runs/{id}/live", "live", words)
        operation.answers = [("text/event-stream", ["type": "string"]), ("application/x-ndjson", ["type": "string"])]
        operation.failures = [404, 409]
        return operation
    }()

    /// As OpenAPI has it.
    var json: JSONValue {
        var members: JSONObject = ["operationId": .string(id), "summary": .string(summary)]
        let run: [JSONValue] = path.contains("{id}") ? [["$ref": "#/components/parameters/run"]] : []
        if !(run + query).isEmpty { members["parameters"] = .array(run + query) }
        if let body {
            members["requestBody"] = [
                "required": .bool(body != "Nothing"),
                "content": ["application/json": ["schema": OpenAPI.reference(body)]],
            ]
        }
        if method == .post { members["security"] = [["token": []]] }
        var content = JSONObject()
        for (type, schema) in answers { content[type] = ["schema": schema] }
        var responses: JSONObject = [
            "\(status)": ["description": .string(summary), "content": .object(content)]
        ]
        for failure in (failures + [405, 421, 503]).sorted() {
            responses["\(failure)"] = ["$ref": .string("#/components/responses/\(failure)")]
        }
        members["responses"] = .object(responses)
        return .object(members)
    }
}
