import ApeAnalysis
import ApeCore
import ApeMetrics
import ApeReport
import ApeRun
import Testing

/// What the workers could not send costs time; nobody else is told to mend it.
@Suite struct OwnFailureTests {
    /// A run of which in each second so many attempts failed at a decision, and so many of ten could not be made.
    private func fixture(refused: Int64, unsent: Int64, unsentActions: Int64 = 0) -> OptimizationFixture {
        var fixture = OptimizationFixture(retryWait: 1_000)
        fixture.change = { window, _ in
            window.counters[.decisionErrors(.http5xx)] = refused
            window.counters[.decisionErrors(.transport)] = unsent
            window.counters[CounterFamily.routeErrors["GET /api/fast transport harness"]] = unsentActions
            // A first token that came at once took twice as long with the waits.
            window.series[.ttft] = Histogram()
            window.record(.ttft, 400_000)
            window.series[.attemptTTFT] = Histogram()
            window.record(.attemptTTFT, 200_000)
        }
        return fixture
    }

    private func errors(_ fixture: OptimizationFixture) -> Recommendation? {
        fixture.analysis.recommendations.first { $0.id == "inference-errors" }
    }

    @Test func theEndpointIsNotBlamedForWhatWasNotSent() throws {
        #expect(errors(fixture(refused: 0, unsent: 10)) == nil)
        #expect(errors(fixture(refused: 1, unsent: 10))?.description.hasPrefix("9.1 % of the attempts") == true)
    }

    /// One attempt of four was refused: a quarter of the waits can be spared at the endpoint.
    @Test(arguments: [(Int64(3), Int64(0), 0.25), (0, 3, 0.5), (0, 0, 0.5)])
    func theWaitsAreSharedWithWhatWasNotSent(unsent: Int64, actions: Int64, ofToken: Double) throws {
        let found = try #require(errors(fixture(refused: 1, unsent: unsent, unsentActions: actions)))
        let mtba = try #require(found.improvements.first { $0.key == .mtbaThreshold })
        #expect(abs(mtba.gain - (unsent + actions > 0 ? 0.25 : 1)) < 1e-9, "\(mtba.gain)")
        let ttft = try #require(found.improvements.first { $0.key == .cognitiveLatencyTTFT })
        #expect(abs(ttft.gain - 0.4 * ofToken / (unsent > 0 ? 2 : 1)) < 1e-9, "\(ttft.gain)")
    }

    @Test func aRowSaysWhoseAFailedAttemptIs() {
        let rows = fixture(refused: 1, unsent: 3).report.tables.failures.filter { $0.kind == .decisions }
        #expect(rows.map(\.party) == [.harness, .inference] && rows.map(\.reason) == ["transport", "http_5xx"])
    }
}
