import ApeCore
import ApeInference

/// A body of `multipart/form-data` (RFC 7578).
struct MultipartForm {
    let bytes: [UInt8]
    /// With the boundary, which stands nowhere in the fields.
    let type: String

    /// - Throws: ``ApeError`` of code `invalid_call` for a file that cannot be sent.
    init(_ members: JSONObject) throws(ApeError) {
        let fields = try FormFields.fields(of: members, takesFiles: true)
        var number = 0
        var boundary = ""
        repeat {
            number += 1
            boundary = "----ape-form-boundary-\(number)"
        } while fields.contains { Self.holds($0.content, BytePattern(boundary)) }
        var bytes: [UInt8] = []
        for field in fields {
            var head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.quoted(field.name))\""
            switch field.content {
            case .text(let text):
                bytes += Array("\(head)\r\n\r\n\(text)".utf8)
            case .file(let file):
                head += "; filename=\"\(Self.quoted(file.name))\"\r\nContent-Type: \(file.type)\r\n\r\n"
                bytes += Array(head.utf8)
                bytes += file.bytes
            }
            bytes += Array("\r\n".utf8)
        }
        bytes += Array("--\(boundary)--\r\n".utf8)
        self.bytes = bytes
        type = "multipart/form-data; boundary=\(boundary)"
    }

    private static func holds(_ content: FormFields.Content, _ boundary: BytePattern) -> Bool {
        switch content {
        case .text(let text): boundary.firstRange(in: Array(text.utf8)[...]) != nil
        case .file(let file): boundary.firstRange(in: file.bytes[...]) != nil
        }
    }

    /// A name as browsers write it between quotes.
    private static func quoted(_ name: String) -> String {
        String(
            decoding: name.utf8.flatMap { byte -> [UInt8] in
                switch byte {
                case UInt8(ascii: "\""): Array("%22".utf8)
                case 0x0D: Array("%0D".utf8)
                case 0x0A: Array("%0A".utf8)
                default: [byte]
                }
            },
            as: UTF8.self
        )
    }
}
