/// The values of one row of a goal's data, in the order of its columns; nil where a row lacks a value.
package typealias DataRow = [String?]

/// How a session picks its row of a goal's data.
package enum DataPick: String, Sendable, CaseIterable {
    /// Agent n has row n modulo the number of rows, in all of its sessions.
    case agent
    /// Every session has a row of its own: no two sessions of a run share one. A row may be left out.
    case once
}

/// The rows that somebody wants of a goal's data.
package enum RowWant: Sendable, Equatable {
    /// So many that nobody has had.
    case next(Int)
    /// Those of these numbers, as rising ranges.
    case numbered([ClosedRange<Int>])
}
