import ApeCore
import Foundation
import Testing

@testable import ApeInference

/// The recorded answers beside the tests.
enum Fixture {
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        return Array(try Data(contentsOf: folder.appending(path: name)))
    }

    static func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }
}

/// What came of reading `bytes` in the given pieces, each at the time of its number.
func read(
    _ pieces: [ArraySlice<UInt8>],
    _ api: Scenario.InferenceAPI = .chat,
    at now: (Int) -> Int64 = { _ in 7 }
) -> Result<DecisionAnswer, StreamFailure> {
    var reader = AnswerReader(dialect: api.dialect)
    for (number, piece) in pieces.enumerated() where reader.read(piece, at: now(number)).isSettled { break }
    return Result { () throws(StreamFailure) in try reader.finish(at: now(pieces.count)) }
}

func read(_ text: String, _ api: Scenario.InferenceAPI = .chat) -> Result<DecisionAnswer, StreamFailure> {
    read([Array(text.utf8)[...]], api)
}
