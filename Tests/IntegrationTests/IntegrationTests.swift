import Testing

/// Real processes on real sockets, in two rows side by side: most of a fleet's time is waiting. Within a row there is one
/// test at a time, since they share the machine's cores, and a starved generator would make its own verdict
/// inconclusive.
struct IntegrationTests {
    /// What a run says of a target and of a model: verdicts, findings, figures.
    @Suite(.serialized)
    struct Measured {}

    /// What befalls a fleet, and what people and programs do with one.
    @Suite(.serialized)
    struct Operated {}
}
