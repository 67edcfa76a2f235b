/// Keys of a file in a form of `multipart/form-data`.
package enum FormPartKey: String, ScenarioKey {
    case file, content, base64, filename, type

    static let section = "Files in forms"

    /// Those that say what the file holds, of which it has one.
    package static let contents = [FormPartKey.file, .content, .base64].map(\.rawValue)
}

extension ScenarioDecoder {
    /// The most bytes of all files that a scenario's requests send: with the third that Base64 adds they fit a message.
    static let maximumFileBytes = 720 * 1024

    /// A request's body. Texts inside may hold templates, and of a multipart form files are read in.
    mutating func requestBody(_ field: ScenarioField, headers: [Scenario.Header]) -> JSONValue {
        let body = templatedJSON(field)
        let type = headers.first { $0.name.lowercased() == "content-type" }?.value.lowercased() ?? ""
        guard type.hasPrefix("multipart/form-data"), case .map(let members) = field.node.content else { return body }
        return .map(members) { ($0.key, formValue(field.member($0.key, $0.value))) }
    }

    private mutating func formValue(_ field: ScenarioField) -> JSONValue {
        switch field.node.content {
        case .list(let elements):
            return .array(elements.enumerated().map { formValue(field.element($0.offset, $0.element)) })
        case .map(let members):
            if members.contains(where: { FormPartKey.contents.contains($0.key) }) { return formPart(field) }
            return .map(members) { ($0.key, formValue(field.member($0.key, $0.value))) }
        default: return field.node.json
        }
    }

    /// A file, its bytes read in.
    private mutating func formPart(_ field: ScenarioField) -> JSONValue {
        guard let members = members(field, FormPartKey.self) else { return .null }
        var part = JSONObject()
        switch (members[.file], members[.content], members[.base64]) {
        case (let file?, nil, nil):
            part[FormPartKey.base64] = bytesBeside(file).map { .string(Base64.text(of: $0)) }
            part[FormPartKey.filename] = file.node.scalarText.map {
                .string(String($0.split(separator: "/").last ?? ""))
            }
        case (nil, let content?, nil):
            part.set(FormPartKey.content, text(content, atMost: Self.maximumTextBytes))
        case (nil, nil, let base64?): part.set(FormPartKey.base64, base64Text(base64))
        default: problem("needs one of `file`, `content` and `base64`", at: field)
        }
        if let name = members[.filename] { part.set(FormPartKey.filename, word(name, atMost: 1024)) }
        part.set(FormPartKey.type, members[.type].flatMap { word($0, atMost: 256) })
        return .object(part)
    }

    /// The bytes of a file beside the scenario.
    mutating func bytesBeside(_ field: ScenarioField) -> [UInt8]? {
        guard let name = word(field) else { return nil }
        guard let loadFile else {
            problem("cannot be read here: a file goes over the wire as Base64", at: field)
            return nil
        }
        let folder = name.hasPrefix("/") ? nil : file.lastIndex(of: "/").map { file[...$0] }
        let path = (folder.map(String.init) ?? "") + name
        do {
            return counted(try loadFile(path), at: field)
        } catch {
            problem("cannot read \(path): \(error)", at: field)
            return nil
        }
    }

    /// Bytes in Base64, as the text that was read.
    mutating func base64Text(_ field: ScenarioField) -> String? {
        guard let text = text(field, atMost: Self.maximumFileBytes / 3 * 4) else { return nil }
        guard let bytes = Base64.bytes(of: text) else {
            problem("is no Base64", at: field)
            return nil
        }
        return counted(bytes, at: field).map { _ in text }
    }

    private mutating func counted(_ bytes: [UInt8], at field: ScenarioField) -> [UInt8]? {
        fileBytes += bytes.count
        guard fileBytes <= Self.maximumFileBytes else {
            problem(
                "makes \(fileBytes) bytes of files; at most \(Self.maximumFileBytes) in all go to a worker: take smaller ones",
                at: field
            )
            return nil
        }
        return bytes
    }
}
