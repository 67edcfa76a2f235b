import ApeCore
import ApeReport
import ApeTestKit

/// What the pages of these tests are of.
enum PageFixture {
    /// A run that took so many seconds.
    static func run(_ scenarioName: String, seconds: Int) throws -> RunDescription {
        let scenario = try Scenario(document: [
            "name": "shop", "targets": ["shop": ["url": "http://127.0.0.1:1"]],
            "goals": ["buy": ["script": ["GET /a"], "success": [["answer": "GET /a", "status": 200]]]],
        ])
        return RunDescription(
            id: "r",
            scenarioName: scenarioName,
            seed: 1,
            startMicros: LedgerFixture.start,
            endMicros: LedgerFixture.start + Int64(seconds) * 1_000_000,
            apeVersion: "0",
            subject: RunDescription.Subject(scenario, isDemo: false)
        )
    }
}
