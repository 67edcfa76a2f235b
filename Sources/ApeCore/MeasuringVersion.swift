/// What measured a run: a build of APE, and the definitions that it measured by.
package struct MeasuringVersion: Sendable, Equatable {
    /// APE's version, such as `0.1.0`.
    package var software: String
    /// The number of the definitions. Figures of unlike numbers are not the same figures.
    package var definitions: Int

    package init(software: String, definitions: Int) {
        self.software = software
        self.definitions = definitions
    }

    /// This build. The number of the definitions rises whenever one in `docs/kpis.md` changes what is counted or timed:
    /// what a run would have shown before and after would differ. `docs/reports.md` lists what each number stands for.
    package static let current = MeasuringVersion(software: ApeVersion.text, definitions: 1)
}
