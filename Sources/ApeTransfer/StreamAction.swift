/// What the reader of a stream wants next.
package enum StreamAction: Sendable, Equatable {
    case `continue`
    /// The reader has its answer, and waits this long for what may still come with it. The transfer counts as
    /// successful however it ends from here on.
    case finishWithin(micros: Int64)
    /// The reader has finished. The transfer counts as successful without waiting for the rest.
    case finish
}
