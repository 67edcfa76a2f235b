import ApeCore
import ApeInference
import ApeTransfer

/// Fills a draft's templates and makes it a request, or says why not. Nothing that it lets through can break out of
/// its place: no header injection, no other host.
struct RequestBuilder: Sendable {
    /// The longest body that is sent, in bytes.
    static let maximumBodyBytes = 1024 * 1024
    /// The longest path with its query, in bytes.
    static let maximumPathBytes = 8192
    /// The longest header value, in bytes.
    static let maximumHeaderBytes = 16 * 1024

    let targets: [PreparedTarget]

    /// Builds the request of a draft.
    ///
    /// - Parameters:
    ///   - draft: the request, its templates not filled.
    ///   - state: the session's values.
    ///   - seeksCopies: whether to look for received values that stand in the request without a template.
    ///   - purpose: what the request is for.
    ///   - isMadeUp: whether a model thought it up.
    ///   - expectStatus: the status that the goal waits for at a path of a target; nil for any below 400.
    /// - Returns: the request, ready to go out.
    /// - Throws: ``ApeError`` of code `invalid_call`, or `missing_value`, with a reason that the model understands.
    func build(
        _ draft: RequestDraft,
        state: SessionState,
        seeksCopies: Bool,
        purpose: PlannedRequest.Purpose = .action,
        isMadeUp: Bool = false,
        expectStatus: (_ target: Int, _ path: String) -> StatusPattern? = { _, _ in nil }
    ) throws(ApeError) -> PlannedRequest {
        var values = TemplateValues(state: state)
        let address = try self.address(of: draft, &values)
        var headers: [TransferRequest.Header] = []
        for header in draft.headers {
            headers.append((try Self.headerName(header.name), try Self.headerValue(header, &values)))
        }
        let usual = targets[address.target].headers
        for header in usual where !headers.contains(where: { $0.name.isSameHeader(header.name) }) {
            /// A header such as `Authorization: Bearer {{token}}` is left out until there is a token.
            guard let value = values.renderIfPossible(header.value) else { continue }
            headers.append((header.name, value))
        }
        let found = targets[address.target].routes.find(method: draft.method, path: address.plainPath)
        let body = try Self.body(of: draft, type: found?.endpoint.bodyType, &values, &headers)
        if let body, body.count > Self.maximumBodyBytes {
            throw ApeError(.invalidCall, "the body is longer than \(Self.maximumBodyBytes) bytes")
        }
        if !headers.contains(where: { $0.name.isSameHeader("accept") }) {
            headers.append(("Accept", "application/json, text/html;q=0.9, */*;q=0.8"))
        }
        var request = targets[address.target].request
        request.method = draft.method
        request.url = address.url
        request.headers = headers
        request.body = body.map { RequestBody($0) }
        request.listenMicros = found?.endpoint.listenMicros
        var sendsReceived = values.hasUsedReceived
        if !sendsReceived, seeksCopies {
            let texts = headers.map(\.value) + (body.map { [String(decoding: $0, as: UTF8.self)] } ?? [])
            sendsReceived = state.isReceivedValueSent(path: address.path, texts: texts)
        }
        return PlannedRequest(
            purpose: purpose,
            target: address.target,
            path: address.path,
            route: found?.route ?? "\(draft.method) (other)",
            request: request,
            isMadeUp: isMadeUp,
            sendsReceived: sendsReceived,
            expectStatus: expectStatus(address.target, address.path)
        )
    }

    /// The body, whose content type is set among the headers.
    private static func body(
        of draft: RequestDraft,
        type named: String?,
        _ values: inout TemplateValues,
        _ headers: inout [TransferRequest.Header]
    ) throws(ApeError) -> [UInt8]? {
        let place = headers.firstIndex { $0.name.isSameHeader("content-type") }
        if let bytes = draft.bodyBytes {
            if place == nil { headers.append(("Content-Type", "application/octet-stream")) }
            return bytes
        }
        guard let content = draft.body, content != .null else { return nil }
        let body = try BodyEncoding(try values.render(content), type: place.map { headers[$0].value } ?? named)
        if let place { headers[place].value = body.type } else { headers.append(("Content-Type", body.type)) }
        return body.bytes
    }

    private func address(
        of draft: RequestDraft,
        _ values: inout TemplateValues
    ) throws(ApeError) -> TargetAddress {
        var (path, lead) = try values.renderPath(draft.path)
        if path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw ApeError(.invalidCall, "path holds a control character")
        }
        let isAddress = lead.map { $0.origin.isReceived || $0.value.containsBytes(of: "://") } ?? false
        guard isAddress || path.hasPrefix("/") else { throw ApeError(.invalidCall, "path must begin with /") }
        if isAddress { path = String(path.prefix { $0 != "#" }) }
        for parameter in draft.query {
            path += path.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
            path += PercentEncoding.component(parameter.name) + "="
            path += PercentEncoding.component(try values.render(parameter.value))
        }
        guard path.utf8.count <= Self.maximumPathBytes else {
            throw ApeError(.invalidCall, "the path with its query is longer than \(Self.maximumPathBytes) bytes")
        }
        guard !isAddress else { return try address(path, from: lead?.url ?? "", target: draft.target) }
        let encoded = PercentEncoding.path(path)
        let url = targets[draft.target].baseURL + encoded
        return TargetAddress(target: draft.target, path: encoded, plainPath: path, url: url)
    }

    private static func headerName(_ name: String) throws(ApeError) -> String {
        guard !name.isEmpty, name.utf8.count <= 128, name.utf8.allSatisfy(isTokenByte) else {
            throw ApeError(
                .invalidCall,
                "\"\(name.prefix(64).filter { $0.isASCII && !$0.isNewline })\" is no header name"
            )
        }
        if ownHeaders.contains(name.lowercased()) {
            throw ApeError(.invalidCall, "the header \(name) is set by the agent itself; leave it out")
        }
        return name
    }

    private static func headerValue(
        _ header: StateValue,
        _ values: inout TemplateValues
    ) throws(ApeError) -> String {
        let value = try values.render(header.value)
        guard !value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
            throw ApeError(.invalidCall, "the header \(header.name) holds a line break or a control character")
        }
        guard value.utf8.count <= maximumHeaderBytes else {
            throw ApeError(.invalidCall, "the header \(header.name) is longer than \(maximumHeaderBytes) bytes")
        }
        return value
    }

    /// Headers that belong to the transport, the cookie jar and the trace.
    private static let ownHeaders: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "cookie", "traceparent", "te", "upgrade", "expect",
        "accept-encoding", "proxy-authorization", "keep-alive", "trailer",
    ]

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        PercentEncoding.isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}

extension String {
    /// Whether two header names are the same, whatever their case.
    func isSameHeader(_ other: String) -> Bool {
        utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }
}
