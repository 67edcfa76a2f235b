/// What is stored of a run in the order in which it was stored, read page by page.
package struct StoredRows<Element: Sendable>: AsyncSequence, Sendable {
    /// The rows that follow on one's number, each with its own; none after the last.
    let page: @Sendable (_ after: Int64) async throws -> [(number: Int64, item: Element)]

    package func makeAsyncIterator() -> Iterator {
        Iterator(read: page)
    }

    package struct Iterator: AsyncIteratorProtocol {
        let read: @Sendable (_ after: Int64) async throws -> [(number: Int64, item: Element)]
        private var page: ArraySlice<(number: Int64, item: Element)> = []
        private var last: Int64 = 0

        init(read: @escaping @Sendable (_ after: Int64) async throws -> [(number: Int64, item: Element)]) {
            self.read = read
        }

        package mutating func next() async throws -> Element? {
            if page.isEmpty { page = try await read(last)[...] }
            guard let first = page.popFirst() else { return nil }
            last = first.number
            return first.item
        }
    }
}
