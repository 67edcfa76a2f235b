import ApeCore
import ApeInference
import ApeTransfer

/// What a model is told of an answer: status, what was captured, and the body's beginning.
enum Feedback {
    static func text(of answer: TargetAnswer, captured: [SessionState.Entry], limitBytes: Int) -> String {
        let response = answer.response
        var text = "HTTP \(response.status)"
        if response.redirects > 0 { text += ", redirected to \(place(of: response))" }
        text += "\n"
        if response.status == 201 || response.status / 100 == 3, let location = response.header("location") {
            text += "location: \(location.prefix(256))\n"
        }
        if ["HEAD", "OPTIONS"].contains(answer.method) { text += headers(of: response) }
        if !captured.isEmpty { text += "captured: \(captured.map(SystemPrompt.fact).joined(separator: "; "))\n" }
        guard !response.body.isEmpty else { return text }
        let type = response.header("content-type")
        guard isText(type) else {
            return text + "(\(response.bodyBytes) bytes of \(type?.prefix(64) ?? "unknown"))"
        }
        let kept = response.body.prefix(limitBytes)
        text += String(decoding: kept, as: UTF8.self)
        if kept.count < response.bodyBytes { text += "\n(cut; \(response.bodyBytes) bytes in all)" }
        return text
    }

    /// The path that answered, with the query; a whole URL where the origin is another than the request's.
    private static func place(of response: TransferResponse) -> Substring {
        let url = response.finalURL
        guard let parts = URLParts(url), let first = response.redirectedFrom.first.flatMap({ URLParts($0.finalURL) }),
            parts.hasSameOrigin(as: first)
        else { return url.prefix(256) }
        let behindScheme = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(3)
        return ("/" + (behindScheme.first ?? ""))[...].prefix(256)
    }

    /// What an answer tells by its headers, where these are all that was asked for.
    private static func headers(of response: TransferResponse) -> String {
        ["allow", "content-type", "content-length", "etag", "last-modified"].reduce(into: "") { text, name in
            if let value = response.header(name) { text += "\(name): \(value.prefix(256))\n" }
        }
    }

    static func text(of error: TransferError) -> String {
        "No answer: \(error.message)"
    }

    static func text(ofInvalidCall error: ApeError) -> String {
        "Invalid call, nothing was sent: \(error.message)"
    }

    private static func isText(_ type: String?) -> Bool {
        guard let type = type?.lowercased() else { return true }
        return type.hasPrefix("text/")
            || ["json", "xml", "javascript", "urlencoded"].contains { type.containsBytes(of: $0) }
    }
}
