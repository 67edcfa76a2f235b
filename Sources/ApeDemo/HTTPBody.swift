import ApeCore
import Hummingbird
import NIOCore

/// Reads the bodies of requests.
enum HTTPBody {
    /// Collects a body of at most `limit` bytes; nil when it is longer.
    static func collect(_ request: Request, upTo limit: Int) async throws -> [UInt8]? {
        do {
            let buffer = try await request.body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            return nil
        }
    }
}

extension Response {
    /// An answer with a JSON body.
    init(json: ByteBuffer, status: Int, headers: HTTPFields = [:]) {
        var headers = headers
        headers[.contentType] = "application/json"
        self.init(status: .init(code: status), headers: headers, body: ResponseBody(byteBuffer: json))
    }

    /// An answer with a JSON body.
    init(json: JSONValue, status: Int, headers: HTTPFields = [:]) {
        self.init(json: ByteBuffer(bytes: json.utf8), status: status, headers: headers)
    }
}
