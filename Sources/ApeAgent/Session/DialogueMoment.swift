import ApeInference

/// What is said between an agent and its model, for a person who watches one session.
enum DialogueMoment: Sendable {
    /// The session begins: the instructions and tools, and the goal.
    case began(PreparedInference, goal: String)
    /// The model is asked; bytes of the request's turns.
    case asked(turnBytes: Int)
    /// The model answered.
    case said(DecisionAnswer)
    /// The agent tells the model what came of a call.
    case told(String)
}
