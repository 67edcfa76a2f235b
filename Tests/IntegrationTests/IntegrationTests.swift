import Testing

/// Real processes on real sockets. One test at a time: they share the machine's cores, and a starved generator would
/// make its own verdict inconclusive.
@Suite(.serialized)
struct IntegrationTests {}
