/// What the reader of a stream wants next.
package enum StreamAction: Sendable {
    case `continue`
    /// The reader has finished. The transfer counts as successful without waiting for the rest.
    case finish
}
