import ApeCore

/// What an agent knows in one session: the values that `{{name}}` stands for.
struct SessionState: Sendable {
    static let maximumValues = 160
    /// The longest value, in bytes: a large JWT.
    static let maximumValueBytes = 8192
    /// All names and values together, in bytes.
    static let maximumBytes = 128 * 1024
    /// Received values shorter than this are found again only as a whole segment of a path.
    private static let distinctiveBytes = 6

    enum Origin: Sendable {
        /// Known from the start: the goal's data and what every session has.
        case given
        /// Taken from an answer because the scenario says so.
        case captured
        /// Taken from an answer under one of the usual names.
        case found
        /// Taken from a cookie under one of the usual names, which anything better replaces.
        case cookie
        /// Kept by the model.
        case kept

        var isReceived: Bool { self == .captured || self == .found || self == .cookie }

        /// Whether a value of this origin may take the place of one of another.
        func mayReplace(_ other: Origin) -> Bool {
            switch self {
            case .given, .captured, .kept: true
            case .found: other == .found || other == .cookie || other == .kept
            case .cookie: other == .cookie
            }
        }
    }

    struct Entry: Sendable, Equatable {
        var name: String
        var value: String
        var origin: Origin
        /// Given to every session; the model is not told of it.
        var isBuiltIn = false
        /// By its name a secret, which the model is told of but not shown.
        var isHidden = false
        /// The URL that answered with it, against which an address is read; empty where none did.
        var url = ""

        /// Whether it is where an answer's `Location` leads: an address of the application's own, and no secret.
        var isAddress: Bool { name == Capture.addressName && origin == .found }
    }

    private(set) var entries: [Entry] = []
    private var bytes = 0
    /// Why the latest answer that a capture looked at had no value for it, by the capture's name.
    private var misses: [String: String] = [:]

    init() {}

    func value(_ name: String) -> String? {
        entries.first { $0.name == name }?.value
    }

    func entry(_ name: String) -> Entry? {
        entries.first { $0.name == name }
    }

    /// Why there is no value of this name, as far as it is known.
    func miss(of name: String) -> String? {
        misses[name]
    }

    /// Notes why a capture has no value, for whoever asks for it later.
    mutating func noteMiss(of name: String, _ reason: @autoclosure () -> String) {
        if value(name) == nil { misses[name] = reason() }
    }

    /// Sets a value. What the goal gives or captures is not overwritten by what is merely found.
    ///
    /// - Returns: whether it is now as wanted; false where a limit or an older right stands against it.
    @discardableResult
    mutating func set(
        _ name: String,
        _ value: String,
        _ origin: Origin,
        isBuiltIn: Bool = false,
        url: String = ""
    ) -> Bool {
        guard Template.isName(name), value.utf8.count <= Self.maximumValueBytes else { return false }
        var entry = Entry(name: name, value: value, origin: origin, isBuiltIn: isBuiltIn, url: url)
        if let index = entries.firstIndex(where: { $0.name == name }) {
            let old = entries[index]
            guard !old.isBuiltIn, origin.mayReplace(old.origin) else { return false }
            guard bytes - old.value.utf8.count + value.utf8.count <= Self.maximumBytes else { return false }
            bytes += value.utf8.count - old.value.utf8.count
            entry.isHidden = old.isHidden
            entries[index] = entry
            return true
        }
        let size = name.utf8.count + value.utf8.count
        guard entries.count < Self.maximumValues, bytes + size <= Self.maximumBytes else { return false }
        bytes += size
        entry.isHidden = SecretMask.isNameOfSecret(name)
        entries.append(entry)
        return true
    }

    /// Whether a request that was written out in full carries a value received earlier, which the agent did not know
    /// from the start: models copy short values instead of naming them.
    func isReceivedValueSent(path: String, texts: [String]) -> Bool {
        entries.contains { entry in
            // That a page is asked for to which a redirect led says nothing of the session.
            guard entry.origin.isReceived, !entry.isAddress, !entry.value.isEmpty, !isGiven(entry.value) else {
                return false
            }
            let segments = path.utf8.prefix { $0 != UInt8(ascii: "?") }.split(separator: UInt8(ascii: "/"))
            if segments.contains(where: { $0.elementsEqual(entry.value.utf8) }) { return true }
            guard entry.value.utf8.count >= Self.distinctiveBytes else { return false }
            return path.containsBytes(of: entry.value) || texts.contains { $0.containsBytes(of: entry.value) }
        }
    }

    /// A text in which every secret and every value that was received stands as `***`.
    ///
    /// - Parameters:
    ///   - text: what is to be shown to people.
    ///   - mask: hides further secrets.
    ///   - showsReceived: whether what was received is shown unless its name says that it is a secret, for whoever writes
    ///     a scenario.
    /// - Returns: the text, safe to show.
    func masked(_ text: String, with mask: SecretMask, showsReceived: Bool = false) -> String {
        var mask = mask
        for entry in entries where !entry.isBuiltIn {
            // An address may hold a secret in its query alone; without one it is as public as a route.
            let isPublic = showsReceived || entry.isAddress && !entry.value.utf8.contains(UInt8(ascii: "?"))
            if entry.isHidden {
                mask.hide(likelySecret: entry.value)
            } else if entry.origin.isReceived, !isPublic {
                mask.hide(value: entry.value)
            }
        }
        return mask.masked(text)
    }

    private func isGiven(_ value: String) -> Bool {
        entries.contains { $0.origin == .given && $0.value == value }
    }
}

extension String {
    /// Whether the bytes of `part` stand somewhere in this text. The standard library's search compares characters,
    /// which costs a hundred times as much and is not what is meant.
    func containsBytes(of part: String) -> Bool {
        let part = part.utf8
        guard let first = part.first else { return true }
        var rest = self.utf8[...]
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.starts(with: part) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
