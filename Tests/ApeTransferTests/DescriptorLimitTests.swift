import Glibc
import Testing

@testable import ApeTransfer

/// The descriptors that connections leave to others.
struct DescriptorLimitTests {
    @Test(arguments: [(26, 24), (64, 60), (256, 240), (1024, 960), (20_000, 19_936), (Int.max, Int.max - 64)])
    func someAreKept(files: Int, end: Int) {
        #expect(DescriptorLimit(files: files).end == end)
    }

    @Test func aSocketOfThoseIsNotGiven() {
        func socket(_ files: Int) -> Int32 {
            DescriptorLimit(files: files).socket(family: AF_INET, kind: Int32(SOCK_STREAM.rawValue), protocol: 0)
        }
        let given = socket(.max)
        #expect(given >= 0)
        close(given)
        errno = 0
        #expect(socket(4) == -1 && errno == EMFILE)
    }
}
