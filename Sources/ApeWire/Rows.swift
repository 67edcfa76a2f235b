import ApeCore

/// `want_rows`: the worker wants rows of a goal's data. Since 1.2.
package struct WantRows: Sendable, Equatable {
    package var run: String
    /// Rises with every request of this process. The same one again means the same request.
    package var id: Int64
    package var goal: String
    package var want: Want

    /// Which rows.
    package enum Want: Sendable, Equatable {
        /// So many that nobody has had.
        case next(Int)
        /// Those of these numbers.
        case numbered(AgentRanges)
    }

    package init(run: String, id: Int64, goal: String, want: Want) {
        self.run = run
        self.id = id
        self.goal = goal
        self.want = want
    }
}

/// `rows`: rows of a goal's data, or a part of those that were asked for. Since 1.2.
package struct Rows: Sendable, Equatable {
    package var run: String
    /// The request that it answers.
    package var id: Int64
    package var goal: String
    /// The number of the first row; the others follow it.
    package var first: Int
    package var rows: [DataRow]
    /// Nothing more comes of this request.
    package var isLast: Bool
    /// Every row has been handed out.
    package var isUsedUp: Bool

    package init(
        run: String,
        id: Int64,
        goal: String,
        first: Int,
        rows: [DataRow],
        isLast: Bool = false,
        isUsedUp: Bool = false
    ) {
        self.run = run
        self.id = id
        self.goal = goal
        self.first = first
        self.rows = rows
        self.isLast = isLast
        self.isUsedUp = isUsedUp
    }
}

extension WantRows {
    init(_ fields: Fields) throws(ApeError) {
        let want: Want
        if let count = try fields.optionalInteger("count", in: WireLimit.rowCounts) {
            want = .next(Int(count))
        } else {
            guard let rows = fields.object["rows"] else { throw fields.missing("count") }
            want = .numbered(try AgentRanges(rows))
        }
        self.init(
            run: try fields.identifier("run"),
            id: try fields.integer("id"),
            goal: try fields.text("goal"),
            want: want
        )
    }

    var members: JSONObject {
        var members: JSONObject = [
            "run": .string(run), "id": .integer(id, in: WireLimit.counts), "goal": .name(goal),
        ]
        switch want {
        case .next(let count): members["count"] = .integer(count, in: WireLimit.rowCounts)
        case .numbered(let rows): members["rows"] = rows.json
        }
        return members
    }
}

extension Rows {
    init(_ fields: Fields) throws(ApeError) {
        guard let list = fields.object["rows"]?.array, list.count <= WireLimit.rows else {
            throw ApeError(.malformed, "rows.rows is no list of at most \(WireLimit.rows) rows")
        }
        var rows: [DataRow] = []
        for row in list {
            guard let values = row.array, values.count <= DataFile.maximumColumns else {
                throw ApeError(.malformed, "rows.rows has a row that is no list of \(DataFile.maximumColumns) at most")
            }
            var texts: DataRow = []
            for value in values {
                let text = try value == .null ? nil : Fields.text(value, "rows.rows", atMost: DataFile.maximumRowBytes)
                texts.append(text)
            }
            rows.append(texts)
        }
        self.init(
            run: try fields.identifier("run"),
            id: try fields.integer("id"),
            goal: try fields.text("goal"),
            first: try fields.int("first", in: WireLimit.agentCounts),
            rows: rows,
            isLast: try fields.optionalFlag("last"),
            isUsedUp: try fields.optionalFlag("used_up")
        )
    }

    var members: JSONObject {
        var members: JSONObject = [
            "run": .string(run), "id": .integer(id, in: WireLimit.counts), "goal": .name(goal),
            "first": .integer(first, in: WireLimit.agentCounts),
            "rows": .array(
                rows.prefix(WireLimit.rows).map { row in .array(row.map { $0.map { .string($0) } ?? .null }) }
            ),
        ]
        if isLast { members["last"] = true }
        if isUsedUp { members["used_up"] = true }
        return members
    }
}
