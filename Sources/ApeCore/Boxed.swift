/// A value in a place of its own: whoever hands it on hands on a reference. The frame of an async function has room for
/// each value that it hands on, and an agent that waits has a dozen such frames.
package indirect enum Boxed<Value> {
    case value(Value)

    package var value: Value {
        switch self {
        case .value(let value): value
        }
    }
}

extension Boxed: Sendable where Value: Sendable {}
