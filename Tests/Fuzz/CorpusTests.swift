import Foundation
import Testing

/// Replays what fuzzing has found worth keeping.
@Suite struct CorpusTests {
    @Test(arguments: FuzzTarget.allCases)
    func everyInputKeepsTheProperties(target: FuzzTarget) async throws {
        let directory = try #require(Bundle.module.resourceURL).appendingPathComponent("Corpus/\(target.rawValue)")
        let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
        #expect(files.count > 20)
        for file in files {
            do throws(BrokenProperty) {
                try await target.take(Array(try! Data(contentsOf: file)))
            } catch {
                Issue.record("\(file.lastPathComponent): \(error)")
            }
        }
    }
}
