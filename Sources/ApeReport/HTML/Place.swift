import ApeCore
import ApeRun

/// Where a word stands beside a picture, as a style class: markup with styles in it would need a policy that allows them.
enum Place {
    /// Places of the whole length.
    private static let steps = 200

    /// The class of a place in percent of the length, to half a percent.
    static func name(_ percent: Double) -> Markup {
        "p\(max(0, min(steps, Int(saturating: (percent * Double(steps) / 100).rounded()))))"
    }

    /// Of a word beneath a picture, which must not stand out over its edges.
    static func name(beneath percent: Double, edges: ClosedRange<Double>) -> Markup {
        let edge: Markup = percent < edges.lowerBound ? " first" : percent > edges.upperBound ? " last" : ""
        return "\(name(percent))\(edge)"
    }

    static let css = (0...steps).map { ".p\($0){--at:\(Double($0) * 100 / Double(steps))%}" }.joined()
}
