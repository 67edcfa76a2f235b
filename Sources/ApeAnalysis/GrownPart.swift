import ApeMetrics

/// The part of a gap that grew most from the smallest stage to the largest: what agents wait for.
package struct GrownPart: Sendable, Equatable {
    package let part: GapBreakdown.Part
    /// Its mean in the stage with the fewest agents, in seconds.
    package let smallest: ScalingLaw.Estimate
    /// Its mean in the stage with the most agents, in seconds.
    package let largest: ScalingLaw.Estimate

    /// - Parameter points: by agents.
    init?(_ points: [ScalingPoint]) {
        let measured = points.filter { !$0.parts.isEmpty }
        guard let few = measured.first, let many = measured.last else { return nil }
        let grown = GapBreakdown.Part.allCases.compactMap { part -> (GapBreakdown.Part, Double)? in
            guard let first = few.parts[part], let last = many.parts[part] else { return nil }
            return (part, last.value - first.value)
        }
        guard let most = grown.max(by: { $0.1 < $1.1 }), most.1 > 0, let smallest = few.parts[most.0],
            let largest = many.parts[most.0]
        else { return nil }
        part = most.0
        self.smallest = smallest
        self.largest = largest
    }
}

extension GapBreakdown.Part {
    /// The parts of the gap for which whoever is waited for in this one is held. A model's slot is taken from an answer's
    /// first token to its end.
    var held: [GapBreakdown.Part] {
        switch self {
        case .firstToken, .generation: [.firstToken, .generation]
        case .target, .think, .retryWait, .overhead: [self]
        }
    }
}
