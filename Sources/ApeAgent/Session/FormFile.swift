import ApeCore
import ApeInference

/// A file in a multipart form.
struct FormFile: Equatable {
    var name: String
    var type: String
    var bytes: [UInt8]

    /// Whether an object describes a file, rather than fields that are nested.
    static func describes(_ members: JSONObject) -> Bool {
        FormPartKey.contents.contains { members[$0] != nil }
    }

    /// - Parameters:
    ///   - members: `content` or `base64`, and perhaps `filename` and `type`.
    ///   - field: the field's name, which an unnamed file takes.
    /// - Throws: ``ApeError`` of code `invalid_call`. A file that is only named is none: a scenario's are read when it is
    ///   loaded, and a model can name none.
    init(_ members: JSONObject, field: String) throws(ApeError) {
        func failure(_ reason: String) -> ApeError {
            ApeError(.invalidCall, "the part \(field.prefix(64)) cannot be sent: \(reason)")
        }
        guard members[FormPartKey.file.rawValue] == nil else {
            throw failure("no file can be named here; give its `content`")
        }
        let content = members[FormPartKey.content.rawValue]
        if let content {
            guard let text = content.scalarText else { throw failure("its `content` must be a text") }
            bytes = Array(text.utf8)
        } else {
            let text = members[FormPartKey.base64.rawValue]?.string
            guard let decoded = text.flatMap({ Base64.bytes(of: $0) }) else {
                throw failure("its `base64` is no Base64")
            }
            bytes = decoded
        }
        name = members[FormPartKey.filename.rawValue]?.scalarText ?? field
        let usual = content == nil ? "application/octet-stream" : "text/plain; charset=utf-8"
        type = members[FormPartKey.type.rawValue]?.scalarText ?? usual
        guard type.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { throw failure("its `type` is no media type") }
    }
}
