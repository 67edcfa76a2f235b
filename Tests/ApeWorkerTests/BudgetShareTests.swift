import Testing

@testable import ApeWorker

struct BudgetShareTests {
    @Test func isAsLargeAsTheShareOfTheAgents() {
        let share = BudgetShare(fleetRequestsPerMinute: 600)
        #expect(share.requestsPerMinute(agents: 25, of: 100) == 150)
        #expect(share.requestsPerMinute(agents: 100, of: 100) == 600)
        #expect(share.requestsPerMinute(agents: 0, of: 0) == 0)
    }
}
