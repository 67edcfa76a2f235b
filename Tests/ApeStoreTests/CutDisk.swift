import ApeCore
import CPowerCut
import Foundation

/// A disk whose power is cut: what SQLite did to a directory (``CPowerCut``), step by step, and what of it is there
/// afterwards.
///
/// What was forced to the disk is there. Of what was not, anything may be: nothing, all of it, the first part, some of
/// the writes in any order, or some sectors of them. The same goes for names that were made or deleted, each by itself.
struct CutDisk {
    /// What a disk writes in one piece.
    static let sectorBytes = 512

    private struct File {
        /// What is there for certain.
        var bytes: [UInt8] = []
        /// What has not been forced to the disk yet, in its order.
        var pending: [power_cut_step] = []
    }

    /// How much of what is pending has come to the disk.
    private enum Fate: CaseIterable {
        case nothing
        case everything
        case theFirst
        case some
        case sectors
    }

    private var files: [Int32: File] = [:]
    /// The names that are there for certain, and what became of names since, in its order; a file of nil is a deletion.
    private var names: [String: Int32] = [:]
    private var pendingNames: [(name: String, file: Int32?)] = []
    /// The steps that have been done.
    private(set) var position: Int32 = 0

    /// Does what was done up to a step.
    mutating func advance(to end: Int32) {
        while position < end {
            let step = power_cut_step_at(position)
            position += 1
            switch step.kind {
            case POWER_CUT_CREATE: pendingNames.append((String(cString: step.name), step.file))
            case POWER_CUT_DELETE: pendingNames.append((String(cString: step.name), nil))
            case POWER_CUT_SYNC_DIRECTORY:
                for (name, file) in pendingNames { names[name] = file }
                pendingNames = []
            case POWER_CUT_SYNC:
                var file = files.removeValue(forKey: step.file) ?? File()
                for change in file.pending { Self.apply(change, to: &file.bytes) { _ in true } }
                file.pending = []
                files[step.file] = file
            default: files[step.file, default: File()].pending.append(step)
            }
        }
    }

    /// Writes into an empty directory what a power cut in this moment leaves.
    func write(to directory: String, _ random: inout SeededRandom) throws {
        let fate = Fate.allCases[Int(random.next() % UInt64(Fate.allCases.count))]
        var names = names
        var certain: Set<String> = []
        for (name, file) in pendingNames where !certain.contains(name) {
            // A name's changes come to the disk in their order, if at all.
            if isKept(fate, &random) { names[name] = file } else { certain.insert(name) }
        }
        for (name, number) in names.sorted(by: { $0.key < $1.key }) {
            let file = files[number] ?? File()
            var bytes = file.bytes
            var isCut = false
            for change in file.pending {
                if fate == .theFirst && !isCut { isCut = random.unit() < 0.2 }
                if isCut { continue }
                if fate == .sectors, change.kind == POWER_CUT_WRITE {
                    Self.apply(change, to: &bytes) { _ in random.unit() < 0.5 }
                } else if isKept(fate, &random) {
                    Self.apply(change, to: &bytes) { _ in true }
                }
            }
            try Data(bytes).write(to: URL(filePath: "\(directory)/\(name)"))
        }
    }

    private func isKept(_ fate: Fate, _ random: inout SeededRandom) -> Bool {
        switch fate {
        case .nothing: false
        case .everything, .theFirst: true
        case .some, .sectors: random.unit() < 0.5
        }
    }

    /// Does a change to a file's bytes, sector by sector.
    private static func apply(
        _ change: power_cut_step,
        to bytes: inout [UInt8],
        keeping: (_ sector: Int) -> Bool
    ) {
        let (start, length) = (Int(change.offset), Int(change.length))
        guard change.kind == POWER_CUT_WRITE, let source = change.bytes else {
            bytes.removeLast(max(0, bytes.count - start))
            bytes += [UInt8](repeating: 0, count: max(0, start - bytes.count))
            return
        }
        var from = start
        while from < start + length {
            let sector = from / sectorBytes
            let to = min(start + length, (sector + 1) * sectorBytes)
            if keeping(sector) {
                bytes += [UInt8](repeating: 0, count: max(0, to - bytes.count))
                bytes.withUnsafeMutableBytes { target in
                    target.baseAddress?.advanced(by: from).copyMemory(
                        from: source.advanced(by: from - start),
                        byteCount: to - from
                    )
                }
            }
            from = to
        }
    }
}
