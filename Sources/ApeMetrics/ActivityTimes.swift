import ApeCore

/// How long all agents of a worker spent on each activity, in microseconds.
struct ActivityTimes: Sendable {
    private var micros = [Int64](repeating: 0, count: AgentActivity.allCases.count)

    subscript(_ activity: AgentActivity) -> Int64 { micros[activity.place] }

    mutating func spend(_ time: Int64, on activity: AgentActivity) {
        micros[activity.place] = micros[activity.place].addingClamped(max(0, time))
    }
}

extension AgentActivity {
    /// Its place among all. A dictionary would hash its name at every turn of every agent.
    fileprivate var place: Int {
        switch self {
        case .firstToken: 0
        case .generation: 1
        case .target: 2
        case .think: 3
        case .retryWait: 4
        case .overhead: 5
        case .pause: 6
        }
    }
}
