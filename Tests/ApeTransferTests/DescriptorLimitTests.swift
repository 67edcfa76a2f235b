import CCurl
import Glibc
import Testing

@testable import ApeTransfer

/// The descriptors that connections leave to others.
struct DescriptorLimitTests {
    @Test(arguments: [(26, 22), (64, 60), (256, 240), (1024, 960), (20_000, 19_936), (Int.max, Int.max - 64)])
    func someAreKept(files: Int, end: Int) {
        #expect(DescriptorLimit(files: files).end == end)
    }

    @Test func aSocketOfThoseIsNotGiven() {
        var address = curl_sockaddr()
        address.family = AF_INET
        address.socktype = Int32(SOCK_STREAM.rawValue)
        let given = DescriptorLimit(files: .max).socket(address)
        #expect(given >= 0)
        close(given)
        errno = 0
        #expect(DescriptorLimit(files: 4).socket(address) == -1 && errno == EMFILE)
    }
}
