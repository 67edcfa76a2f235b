import ApeCore

extension Histogram {
    /// Some samples of nearly the same length.
    package struct Bucket: Sendable, Equatable {
        package var index: Int32
        package var count: Int64

        package init(index: Int32, count: Int64) {
            self.index = index
            self.count = count
        }
    }
}

/// Buckets by rising index. A coordinator reads and merges some thousands of such lists a second: no list needs a hash, and
/// few of those that are merged bring a bucket that is new.
extension [Histogram.Bucket] {
    /// Adds one sample.
    mutating func add(_ index: Int32) {
        let place = place(of: index, from: 0)
        if place < count, self[place].index == index {
            self[place].count += 1
        } else {
            insert(Element(index: index, count: 1), at: place)
        }
    }

    /// Adds all samples of others.
    mutating func merge(_ others: Self) {
        guard !isEmpty else { return self = others }
        var new: Self = []
        var place = 0
        for other in others {
            place = self.place(of: other.index, from: place)
            if place < count, self[place].index == other.index {
                self[place].count = self[place].count.addingClamped(other.count)
            } else {
                new.append(other)
            }
        }
        if !new.isEmpty { insert(new) }
    }

    /// Puts buckets that are not there yet where they belong, from the last one on: each is moved once.
    private mutating func insert(_ new: Self) {
        var (old, rest) = (count - 1, new.count - 1)
        append(contentsOf: new)
        var place = count - 1
        while rest >= 0 {
            if old >= 0, self[old].index > new[rest].index {
                self[place] = self[old]
                old -= 1
            } else {
                self[place] = new[rest]
                rest -= 1
            }
            place -= 1
        }
    }

    /// The first place from `start` on whose index is not less. Steps that double are tried first: what is merged comes
    /// sorted, and often densely.
    private func place(of index: Int32, from start: Int) -> Int {
        var (low, step) = (start, 1)
        while low + step <= count, self[low + step - 1].index < index {
            low += step
            step *= 2
        }
        var high = Swift.min(low + step - 1, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].index < index { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
