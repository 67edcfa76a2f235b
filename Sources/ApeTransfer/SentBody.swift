/// A request's body in the place where libcurl reads it while the request is out: it makes no copy of its own.
struct SentBody {
    /// One byte at least: an address of nothing would mean that there is no body.
    private let room: UnsafeMutableRawBufferPointer
    let count: Int

    var address: UnsafeMutableRawPointer? { room.baseAddress }

    init(_ body: RequestBody) {
        count = body.count
        room = .allocate(byteCount: max(1, count), alignment: 1)
        var end = 0
        for part in body.parts {
            part.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: room[end...]).copyMemory(from: $0) }
            end += part.count
        }
    }

    /// Gives the bytes up. libcurl must know them no more.
    func free() {
        room.deallocate()
    }
}
