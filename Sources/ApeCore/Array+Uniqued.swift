extension Array where Element: Equatable {
    /// The elements in their order, each once.
    package var uniqued: [Element] {
        reduce(into: []) { unique, element in
            if !unique.contains(element) { unique.append(element) }
        }
    }
}
