import ApeCore
import ArgumentParser
import Logging
import Testing

@testable import ApeHTTP

struct HTTPOptionsTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func service(_ arguments: [String], usual: HostPort?) throws -> HTTPService? {
        try HTTPOptions.parse(arguments).service(program: "ape-test", usual: usual, logger: logger)
    }

    @Test func withoutAFlagTheUsualAddressHolds() throws {
        #expect(try service([], usual: HTTPOptions.coordinatorAddress) != nil)
        #expect(try service([], usual: nil) == nil)
        #expect(try service(["--no-http"], usual: HTTPOptions.coordinatorAddress) == nil)
        #expect(try service(["--http", "127.0.0.1:0"], usual: nil) != nil)
    }

    @Test(arguments: [
        (["--http", "127.0.0.1"], "host:port"), (["--http", "127.0.0.1:99999"], "host:port"),
        (["--http", "127.0.0.1:1", "--no-http"], "exclude"), (["--http", "0.0.0.0:9465"], "--http-public"),
        (["--http", "10.0.0.5:9465"], "--http-public"), (["--http-public"], "--http"),
    ])
    func refusesWhatCannotBeMeant(arguments: [String], words: String) throws {
        let error = #expect(throws: (any Error).self) { try HTTPOptions.parse(arguments) }
        #expect(HTTPOptions.message(for: try #require(error)).contains(words))
    }

    @Test func handsItsFlagsOn() throws {
        let flags = ["--http", "0.0.0.0:1", "--http-public"]
        #expect(try HTTPOptions.parse(flags).arguments == flags)
        #expect(try HTTPOptions.parse(["--no-http"]).arguments == ["--no-http"])
        #expect(try service(flags, usual: nil) != nil)
    }
}
