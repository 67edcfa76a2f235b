import ApeCore
import ApeInference

/// The fields of a form: names with texts, and in a multipart form files.
enum FormFields {
    enum Content: Equatable {
        case text(String)
        case file(FormFile)
    }

    /// Lays out an object as fields. A list gives its name to each element, what is nested gives `a[b]`, as PHP and Rails read
    /// it, and null gives nothing.
    ///
    /// - Parameters:
    ///   - members: the object.
    ///   - takesFiles: whether an object that describes a file stands for it.
    /// - Returns: the fields in their order.
    /// - Throws: ``ApeError`` of code `invalid_call` for a file that cannot be sent.
    static func fields(
        of members: JSONObject,
        takesFiles: Bool
    ) throws(ApeError) -> [(name: String, content: Content)] {
        var fields: [(name: String, content: Content)] = []
        for member in members { try add(member.value, as: member.key, takesFiles, to: &fields) }
        return fields
    }

    private static func add(
        _ value: JSONValue,
        as name: String,
        _ takesFiles: Bool,
        to fields: inout [(name: String, content: Content)]
    ) throws(ApeError) {
        switch value {
        case .null: break
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                let isNested =
                    element.array != nil || element.object.map { !takesFiles || !FormFile.describes($0) } ?? false
                try add(element, as: isNested ? "\(name)[\(index)]" : name, takesFiles, to: &fields)
            }
        case .object(let members):
            if takesFiles, FormFile.describes(members) {
                fields.append((name, .file(try FormFile(members, field: name))))
            } else {
                for member in members { try add(member.value, as: "\(name)[\(member.key)]", takesFiles, to: &fields) }
            }
        default: fields.append((name, .text(value.scalarText ?? value.text)))
        }
    }
}
