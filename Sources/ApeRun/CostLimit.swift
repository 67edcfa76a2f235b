import ApeCore

/// What a run may cost at its model's endpoint.
package struct CostLimit: Sendable, Equatable {
    /// What tokens cost.
    package let price: Scenario.TokenPrice
    /// What all of them together may cost, in the price's currency.
    package let budget: Double

    package init(price: Scenario.TokenPrice, budget: Double) {
        self.price = price
        self.budget = budget
    }

    /// The limit that a scenario sets; nil where it sets none.
    package init?(_ scenario: Scenario) {
        guard let inference = scenario.inference, let price = inference.price, let budget = inference.budget else {
            return nil
        }
        self.init(price: price, budget: budget)
    }

    /// Whether what is known of a run has come to the budget.
    ///
    /// A window tells of a decision once it has ended, so more may have been spent than is known.
    package func isReached(by ledger: RunLedger) -> Bool {
        ledger.tokens.map { $0.cost(at: price) >= budget } ?? false
    }
}
