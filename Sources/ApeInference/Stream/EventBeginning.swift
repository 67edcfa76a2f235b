import ApeCore

/// What the latest events of a stream begin with: its id, model and time, which say nothing and are the same in all of
/// them. They are read once, and from then on stepped over.
struct EventBeginning {
    /// The longest beginning that is kept, in bytes.
    private static let maximumBytes = 1024

    private(set) var bytes: [UInt8] = []

    /// Keeps a beginning that says nothing.
    mutating func keep(_ beginning: ArraySlice<UInt8>) {
        bytes = beginning.count <= Self.maximumBytes ? Array(beginning) : []
    }
}
