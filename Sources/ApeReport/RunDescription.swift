import ApeCore

/// What a run was, beside its measurements.
package struct RunDescription: Sendable, Equatable {
    package var id: String
    package var scenarioName: String
    package var seed: UInt64
    /// Fleet time.
    package var startMicros: Int64
    /// Fleet time.
    package var endMicros: Int64
    /// The version of the program that wrote the report: the coordinator, or `ape-test report` later.
    package var apeVersion: String
    /// What measured the run; nil where that was not kept.
    package var measuredBy: MeasuringVersion?
    /// SHA-256 of the scenario's canonical document in hexadecimal digits; nil where that is not known.
    package var scenarioHash: String?
    package var subject: Subject

    package init(
        id: String,
        scenarioName: String,
        seed: UInt64,
        startMicros: Int64,
        endMicros: Int64,
        apeVersion: String,
        measuredBy: MeasuringVersion? = .current,
        scenarioHash: String? = nil,
        subject: Subject
    ) {
        self.id = id
        self.scenarioName = scenarioName
        self.seed = seed
        self.startMicros = startMicros
        self.endMicros = endMicros
        self.apeVersion = apeVersion
        self.measuredBy = measuredBy
        self.scenarioHash = scenarioHash
        self.subject = subject
    }

    /// What the verdict is about.
    package struct Subject: Sendable, Equatable {
        /// The built-in demo was tested, and no application of the user's.
        package var isDemo: Bool
        /// The targets' base URLs.
        package var targets: [String]
        /// The inference endpoint's base URL; nil when every goal is a script.
        package var inferenceURL: String?
        package var model: String?
        /// What tokens cost there; nil where nothing is said of cost.
        package var price: Scenario.TokenPrice?
        /// What the run may cost in the price's currency; nil for no limit.
        package var budget: Double?

        /// A sentence that says what the verdict describes.
        package var sentence: String {
            if isDemo {
                return "This verdict describes APE's own demo shop and simulated model, not an application of yours."
            }
            let driver = inferenceURL.map { " driven by \(model ?? "a model") at \($0)" } ?? " under scripted users"
            return "This verdict describes \(targets.joined(separator: ", "))\(driver)."
        }
    }
}

extension RunDescription.Subject {
    package init(_ scenario: Scenario, isDemo: Bool) {
        self.init(
            isDemo: isDemo,
            targets: scenario.targets.map(\.baseURL),
            inferenceURL: scenario.inference?.baseURL,
            model: scenario.inference?.model,
            price: scenario.inference?.price,
            budget: scenario.inference?.budget
        )
    }
}
