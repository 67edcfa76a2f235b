import ApeMetrics

/// A server's figure over time, in so many points as a picture carries: as a run grows neighbours become one.
package struct ServerLine: Sendable, Equatable {
    /// The most points of a line.
    static let maximumPoints = 1_200

    /// What was seen in some neighbouring seconds of fleet time.
    package struct Point: Sendable, Equatable {
        package var second: Int64
        package var figures = ServerFigures()
    }

    /// By time; where nothing was seen there is no point.
    package private(set) var points: [Point] = []
    /// The seconds that a point stands for.
    package private(set) var pointSeconds: Int64 = 1

    /// What was seen in a stretch of fleet time, by whole points.
    package func figures(in seconds: Range<Int64>) -> ServerFigures {
        points.reduce(into: ServerFigures()) { all, point in
            if seconds.contains(point.second) { all.merge(point.figures) }
        }
    }

    mutating func add(_ value: Double, second: Int64) {
        let first = second / pointSeconds * pointSeconds
        if let last = points.indices.last, points[last].second >= first {
            // Answers come in order, but for those of a coordinator that was set back.
            guard points[last].second == first else { return }
            points[last].figures.add(value)
        } else {
            points.append(Point(second: first))
            points[points.count - 1].figures.add(value)
        }
        if points.count > Self.maximumPoints { coarsen() }
    }

    private mutating func coarsen() {
        pointSeconds *= 2
        points = points.reduce(into: []) { merged, point in
            let first = point.second / pointSeconds * pointSeconds
            if let last = merged.indices.last, merged[last].second == first {
                merged[last].figures.merge(point.figures)
            } else {
                merged.append(Point(second: first, figures: point.figures))
            }
        }
    }
}

/// What was seen of a server's figure in a stretch of time.
package struct ServerFigures: Sendable, Equatable {
    package private(set) var count: Int64 = 0
    private var sum = 0.0
    package private(set) var least = Double.infinity
    package private(set) var greatest = -Double.infinity
    package private(set) var last = 0.0

    mutating func add(_ value: Double) {
        count += 1
        sum += value
        (least, greatest, last) = (min(least, value), max(greatest, value), value)
    }

    /// Adds what was seen later.
    mutating func merge(_ later: Self) {
        guard later.count > 0 else { return }
        count += later.count
        sum += later.sum
        (least, greatest, last) = (min(least, later.least), max(greatest, later.greatest), later.last)
    }

    /// nil where nothing was seen.
    package var mean: Double? { count > 0 ? sum / Double(count) : nil }
}
