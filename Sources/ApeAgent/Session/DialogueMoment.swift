import ApeInference

/// What a person who watches one session is told of it beside its requests: above all what an agent and its model say.
enum DialogueMoment: Sendable {
    /// The session begins: the instructions and tools, and the goal.
    case began(PreparedInference, goal: String)
    /// The model is asked; bytes of the request's turns.
    case asked(turnBytes: Int)
    /// The model answered.
    case said(DecisionAnswer)
    /// A script's answer gave values: each as its name, with the value where it is short and no secret.
    case captured([String])
    /// The agent tells the model what came of a call.
    case told(String)
}
