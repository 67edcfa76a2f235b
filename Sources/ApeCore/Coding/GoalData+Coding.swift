/// Keys of a goal's data where it is a map.
enum DataKey: String, ScenarioKey {
    case file, rows, pick
    /// What a file held when it was read: only in the form that goes over the wire.
    case columns, count, bytes, hash

    static let section = "goals.NAME.data"

}

/// What a goal says of its rows.
struct GoalData {
    var rows: [[String: String]] = []
    var file: DataFile?
    var pick = DataPick.agent
    /// Whether the names of its values could not be read: then nobody can tell which templates they fill.
    var isUnknown = false

    var columns: [String] { file?.columns ?? Set(rows.flatMap(\.keys)).sorted() }

    func apply(to goal: inout Goal) {
        goal.data = rows
        goal.dataFile = file
        goal.pick = pick
    }
}

extension ScenarioDecoder {
    static let maximumDataRows = 10_000

    /// Rows, or a map that says where they are and how sessions pick theirs.
    mutating func data(_ field: ScenarioField) -> GoalData {
        guard case .map = field.node.content else { return GoalData(rows: rows(field)) }
        var data = GoalData()
        guard let members = members(field, DataKey.self) else { return data }
        if let field = members[.pick] { data.pick = choice(field, DataPick.self) ?? .agent }
        switch (members[.file], members[.rows]) {
        case (let field?, nil):
            data.file = dataFile(field, members)
            data.isUnknown = data.file == nil
        case (nil, let field?): data.rows = rows(field)
        case (let field?, _?): problem("stands beside `rows`: a goal's rows are either here or in a file", at: field)
        case (nil, nil): problem("needs a `file` with the rows, or the `rows` themselves", at: field)
        }
        return data
    }

    /// Rows of values by name; templates inside them take what every session has.
    private mutating func rows(_ field: ScenarioField) -> [[String: String]] {
        var rows: [[String: String]] = []
        for item in items(field, atMost: Self.maximumDataRows) {
            var row: [String: String] = [:]
            for (name, value) in entries(item, atMost: DataFile.maximumColumns) {
                if !Template.isName(name) {
                    problem("cannot be named by a template: letters, digits, _, - and .", at: value)
                }
                if TemplateNames.builtIn.contains(name) {
                    problem("`\(name)` is given to every session already", at: value)
                }
                row[name] = template(value)
            }
            if let first = rows.first, Set(first.keys) != Set(row.keys) {
                warn("has other names than the first row, so some sessions lack values", at: item)
            }
            rows.append(row)
        }
        return rows
    }

    private mutating func dataFile(_ field: ScenarioField, _ members: ScenarioMembers<DataKey>) -> DataFile? {
        guard let name = word(field, atMost: 200) else { return nil }
        guard DataFormat(path: name) != nil else {
            let known = DataFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
            problem("must end in one of \(known), not \(field.node.found)", at: field)
            return nil
        }
        if loadFile == nil { return readDataFile(name, members) }
        guard let loadData else {
            problem("cannot be read here", at: field)
            return nil
        }
        let path = Self.beside(file, name)
        return catching(field) { () throws(ApeError) in try loadData(path, name) }
    }

    /// What the form that goes over the wire says of a file, which is not there to be read.
    private mutating func readDataFile(_ name: String, _ members: ScenarioMembers<DataKey>) -> DataFile? {
        guard let columns = members[.columns], let count = members[.count], let bytes = members[.bytes],
            let hash = members[.hash]
        else {
            missing(.columns, in: members, "the file's columns, count, bytes and hash go with it")
            return nil
        }
        var names: [String] = []
        for item in items(columns, atMost: DataFile.maximumColumns) {
            guard let name = text(item) else { continue }
            if !Template.isName(name) || TemplateNames.builtIn.contains(name) {
                problem("cannot be a column's name", at: item)
            }
            names.append(name)
        }
        return DataFile(
            name: name,
            columns: names,
            count: self.count(count, in: 1...DataFile.maximumRows) ?? 1,
            bytes: self.count(bytes, in: 1...DataFile.maximumBytes) ?? 1,
            hash: text(hash, atMost: 64) ?? ""
        )
    }
}

extension Goal {
    /// What is said of its rows; nil where it has none.
    var dataDocument: JSONValue? {
        if let dataFile {
            var document = JSONObject()
            document.set(DataKey.file, dataFile.name)
            document.set(DataKey.pick, pick.rawValue)
            document[DataKey.columns] = .array(dataFile.columns.map { .string($0) })
            document.set(DataKey.count, count: dataFile.count)
            document.set(DataKey.bytes, count: dataFile.bytes)
            document.set(DataKey.hash, dataFile.hash)
            return .object(document)
        }
        guard !data.isEmpty else { return nil }
        let rows = JSONValue.array(
            data.map { row in .map(row.sorted { $0.key < $1.key }) { ($0.key, .string($0.value)) } }
        )
        guard pick == .once else { return rows }
        var document = JSONObject()
        document[DataKey.rows] = rows
        document.set(DataKey.pick, pick.rawValue)
        return .object(document)
    }
}
