/// The files of one OpenAPI document, each read when a reference leads to it, within limits.
final class OpenAPIFiles {
    /// The most that one file, and all files of a document, may have, in bytes.
    static let maximumBytes = 16 * 1024 * 1024
    static let maximumFiles = 2000
    /// What a file in YAML may have, which takes longer to read.
    static let maximumYAML: DocumentLimits = {
        var limits = DocumentLimits()
        (limits.bytes, limits.nodes, limits.areAliasesRead) = (4 * 1024 * 1024, 500_000, true)
        return limits
    }()

    /// The greatest number of schemas that are looked at for one operation.
    static let maximumSchemas = 5000

    /// The document itself.
    let main: String
    /// How many schemas may still be looked at for the operation that is being read.
    var schemasLeft = maximumSchemas
    private let load: ((String) throws -> [UInt8])?
    private let readYAML: DocumentReader
    /// What the paths of files begin with that references may lead to.
    private let folders: [String]
    private var resources: [String: JSONValue] = [:]
    private var anchors: [String: JSONValue] = [:]
    /// What references led to.
    private var found: [String: JSONValue] = [:]
    /// Why a resource is not there.
    private var refusals: [String: String] = [:]
    private var fileCount = 0
    private var byteCount = 0
    /// References that led nowhere, with the reason, in the order in which they were followed.
    private(set) var failures: [(reference: String, reason: String)] = []

    /// - Parameters:
    ///   - bytes: the document.
    ///   - main: its path.
    ///   - beside: the scenario's path: its folder may be referred to as well as the document's.
    ///   - readYAML: reads what is no JSON.
    ///   - load: reads a file by its path; nil where no other file is to be read.
    /// - Throws: ``ApeError`` of code `scenario` that names the file.
    init(
        _ bytes: [UInt8],
        main: String,
        beside: String = "",
        readYAML: @escaping DocumentReader,
        load: ((String) throws -> [UInt8])? = nil
    ) throws(ApeError) {
        self.main = OpenAPIReference.normalized(main)
        self.load = load
        self.readYAML = readYAML
        folders = [self.main, OpenAPIReference.normalized(beside)].map { path in
            path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        }
        try add(bytes, named: self.main)
    }

    /// The document's content.
    var root: JSONValue { resources[main] ?? .null }

    /// What an absolute reference leads to; null where that is nothing, which ``failures`` then tells.
    func value(at reference: String) -> JSONValue {
        if let value = found[reference] { return value }
        let value = look(for: reference)
        found[reference] = value
        return value
    }

    private func look(for reference: String) -> JSONValue {
        let place = OpenAPIReference(reference)
        guard let resource = resource(place.resource) else {
            fail(reference, refusals[place.resource] ?? "leads nowhere")
            return .null
        }
        let pointers = [place.steps, place.literalSteps].compactMap(\.self)
        let value =
            pointers.isEmpty
            ? anchors[reference] : pointers.lazy.compactMap { self.follow($0[...], from: resource) }.first
        if value == nil { fail(reference, "leads nowhere") }
        return value ?? .null
    }

    /// How a reference is shown to people: as the document writes it.
    func shown(_ reference: String) -> String {
        let local = reference.hasPrefix(main + "#") ? String(reference.dropFirst(main.count)) : reference
        return String(local.prefix(120))
    }

    /// Notes that a reference leads to nothing of use.
    func fail(_ reference: String, _ reason: String) {
        guard !failures.contains(where: { $0.reference == reference }) else { return }
        failures.append((reference, reason))
    }

    /// Goes down a pointer; where a step is not there, through a reference that stands there.
    private func follow(_ steps: ArraySlice<String>, from start: JSONValue) -> JSONValue? {
        var node = start
        var jumps = 0
        for step in steps {
            while Self.child(step, of: node) == nil, let reference = node["$ref"]?.string, jumps < 8 {
                jumps += 1
                let place = OpenAPIReference(reference)
                guard let resource = resource(place.resource) else { return nil }
                node = (place.steps ?? []).reduce(resource) { Self.child($1, of: $0) ?? .null }
            }
            guard let child = Self.child(step, of: node) else { return nil }
            node = child
        }
        return node
    }

    private static func child(_ step: String, of node: JSONValue) -> JSONValue? {
        node[step] ?? Int(step).flatMap { node[$0] }
    }

    private func resource(_ name: String) -> JSONValue? {
        if let resource = resources[name] { return resource }
        guard refusals[name] == nil else { return nil }
        do {
            try read(name)
        } catch {
            refusals[name] = error.message
        }
        return resources[name]
    }

    private func read(_ name: String) throws(ApeError) {
        func refusal(_ reason: String) -> ApeError { ApeError(.scenario, reason) }
        guard !OpenAPIReference.hasScheme(name) else {
            throw refusal("is not read: keep the file beside the document and refer to it by its path")
        }
        guard let load else { throw refusal("leads to another file, which is not at hand") }
        guard folders.contains(where: { Self.isInside(name, $0) }) else {
            throw refusal("leads out of the folders of the document and the scenario")
        }
        guard fileCount < Self.maximumFiles else { throw refusal("is one file more than \(Self.maximumFiles)") }
        do {
            try add(try load(name), named: name)
        } catch {
            throw refusal("cannot be read: \((error as? ApeError)?.cause ?? "\(error)")")
        }
    }

    private static func isInside(_ path: String, _ folder: String) -> Bool {
        folder.isEmpty ? !path.hasPrefix("/") && !path.hasPrefix("../") : path.hasPrefix(folder)
    }

    private func add(_ bytes: [UInt8], named name: String) throws(ApeError) {
        fileCount += 1
        byteCount += bytes.count
        guard byteCount <= Self.maximumBytes else {
            throw ApeError(.scenario, "\(name): a document and its files have at most \(Self.maximumBytes) bytes")
        }
        let content = Self.withoutMark(bytes)
        let value: JSONValue
        if let first = content.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") {
            do {
                value = try JSONValue(parsing: content)
            } catch {
                throw ApeError(.scenario, "\(name): \(error.message)")
            }
        } else {
            value = try readYAML(content, name, Self.maximumYAML).json
        }
        resources[name] = anchored(value, in: name)
    }

    private static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }
}

extension OpenAPIFiles {
    /// The same value with every reference made absolute; what `$id` and `$anchor` name is kept on the way.
    private func anchored(_ value: JSONValue, in base: String) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map { anchored($0, in: base) })
        case .object(let members): .object(anchored(members, in: base))
        default: value
        }
    }

    private func anchored(_ members: JSONObject, in base: String) -> JSONObject {
        let name = members["$id"]?.string.map { OpenAPIReference.absolute($0, from: base) }
        let base = name.map { OpenAPIReference($0).resource } ?? base
        var result = JSONObject()
        for (key, value) in members {
            switch (key, value) {
            case ("$ref", .string(let text)), ("$dynamicRef", .string(let text)):
                result["$ref"] = .string(OpenAPIReference.absolute(text, from: base))
            case ("discriminator", .object(var discriminator)):
                discriminator["mapping"] = discriminator["mapping"].map { mapping($0, in: base) }
                result[key] = .object(discriminator)
            default: result[key] = anchored(value, in: base)
            }
        }
        if name != nil, resources[base] == nil { resources[base] = .object(result) }
        for key in ["$anchor", "$dynamicAnchor"] {
            if let anchor = members[key]?.string { anchors["\(base)#\(anchor)"] = .object(result) }
        }
        return result
    }

    /// The schemas that a discriminator maps its values to, named by a reference or by the schema's name.
    private func mapping(_ mapping: JSONValue, in base: String) -> JSONValue {
        .map((mapping.object ?? [:]).filter { $0.value.string != nil }) { value, target in
            let text = target.string ?? ""
            let isReference = text.contains("#") || text.contains("/") || text.contains(".")
            let reference = isReference ? text : "#/components/schemas/\(text)"
            return (value, .string(OpenAPIReference.absolute(reference, from: base)))
        }
    }
}
