/// The names of the tools, and the HTTP methods that they stand for.
enum ToolName {
    static let finish = "finish"

    static func method(of tool: String) -> String? {
        switch tool {
        case "http_get": "GET"
        case "http_post": "POST"
        case "http_put": "PUT"
        case "http_patch": "PATCH"
        case "http_delete": "DELETE"
        default: nil
        }
    }

    static func tool(for method: some StringProtocol) -> String {
        "http_" + method.lowercased()
    }
}
