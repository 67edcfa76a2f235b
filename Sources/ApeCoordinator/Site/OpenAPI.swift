import ApeCore
import ApeHTTP
import ApeReport

/// What the API takes and answers, as OpenAPI 3.1: the one description, which the coordinator serves and the documentation
/// holds.
enum OpenAPI {
    static let document: JSONValue = [
        "openapi": "3.1.0",
        "info": [
            "title": "APE coordinator", "version": .string(ApeVersion.text),
            "summary": "A run that goes on, its reports, and orders to it.",
            "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
        ],
        "servers": [["url": .string(HTTPOptions.coordinatorAddress.url)]],
        "paths": .object(paths),
        "components": [
            "securitySchemes": [
                "token": [
                    "type": "http", "scheme": "bearer",
                    "description":
                        "The run's token, from control/RUN.token of the results directory or --http-token-file.",
                ]
            ],
            "schemas": schemas, "responses": .object(failures), "parameters": parameters,
        ],
    ]

    private static var paths: JSONObject {
        var paths = JSONObject()
        for operation in APIOperation.all {
            var item = paths[operation.path]?.object ?? [:]
            item[operation.method.rawValue.lowercased()] = operation.json
            paths[operation.path] = .object(item)
        }
        return paths
    }

    /// Errors, each with what it is told for.
    static let errors: [(status: Int, words: String)] = [
        (400, "Something that was sent cannot be read, or a parameter is none that there is."),
        (401, "The token is missing, or wrong."), (403, "A page of another site sends it."),
        (404, "There is no such run, or no such page."), (405, "The page does not take that method."),
        (409, "The run is not the coordinator's, or cannot do that as it stands."),
        (413, "The body is larger than 64 KiB."), (415, "The body is not application/json."),
        (421, "The Host is none of this machine's."), (422, "The body is not what the page takes."),
        (429, "Too many wrong tokens came from that address."),
        (503, "The coordinator starts, too much is being read at once, or the run's database is locked."),
    ]

    private static var failures: JSONObject {
        errors.reduce(into: [:]) { responses, error in
            responses["\(error.status)"] = [
                "description": .string(error.words),
                "content": ["application/json": ["schema": reference("Error")]],
            ]
        }
    }

    private static let parameters: JSONValue = [
        "run": [
            "name": "id", "in": "path", "required": true, "description": "The run's identifier.",
            "schema": ["type": "string", "minLength": 1],
        ]
    ]

    static func reference(_ schema: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(schema)")] }

    private static func object(_ members: JSONObject) -> JSONValue {
        [
            "type": "object", "required": .array(members.map { .string($0.key) }), "properties": .object(members),
        ]
    }

    private static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    private static let text: JSONValue = ["type": "string"]
    private static let anyObject: JSONValue = ["type": "object"]
    private static let time: JSONValue = ["type": "string", "format": "date-time"]

    private static let schemas: JSONValue = [
        "Error": object(["error": object(["code": text, "message": text])]),
        "RunSummary": object([
            "run": text, "scenario": text, "is_demo": ["type": "boolean"], "start_time": time,
            "end_time": ["type": ["string", "null"]], "agents": ["type": "integer"], "workers": ["type": "integer"],
            "outcome": text, "outcome_reason": ["type": ["string", "null"]], "status": ["type": ["string", "null"]],
            "exit_code": ["type": ["integer", "null"]], "targets": list(anyObject), "thresholds": list(anyObject),
        ]),
        "Runs": object(["runs": list(reference("RunSummary")), "before": ["type": ["string", "null"]]]),
        "Run": object([
            "run": text, "scenario": text, "is_demo": ["type": "boolean"], "outcome": text, "start_time": time,
        ]),
        "Workers": object(["run": text, "workers": list(anyObject)]),
        "Events": object([
            "run": text,
            "events": list(object(["time": time, "level": text, "code": text, "message": text])),
            "dropped": ["type": "integer"],
        ]),
        "Scale": [
            "type": "object", "required": ["agents"], "additionalProperties": false,
            "properties": [
                "agents": ["type": "integer", "minimum": 1, "maximum": .integer(Int64(Plan.maximumAgents))]
            ],
        ],
        "Nothing": ["type": "object", "additionalProperties": false],
        "Taken": object(["run": text, "command": ["enum": ["stop", "scale", "pause", "resume"]]]),
    ]
}
