extension BinaryInteger {
    /// The number with what it counts, such as `1 agent` or `2 agents`; for nouns whose plural adds an s.
    package func counting(_ noun: String) -> String {
        "\(self) \(noun)\(self == 1 ? "" : "s")"
    }
}
