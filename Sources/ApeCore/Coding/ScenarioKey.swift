/// The keys of one kind of map in a scenario; `docs/scenario.md` lists the same keys under the same section.
///
/// They are the keys of maps that take more than a table of ``ScenarioSetting``. Reading and writing name keys only through
/// these, so that a key that is read can be written, and one that is not listed is told to be unknown.
protocol ScenarioKey: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// The heading in `docs/scenario.md`, and for people the place of the map: `goals.NAME`.
    static var section: String { get }
}
