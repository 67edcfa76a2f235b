import ApeCore
import ApeMetrics
import ApeScenario
import ApeWire
import Foundation

@testable import ApeFleet
@testable import ApeRun
@testable import ApeStore

/// A database of one run, in which any bytes may have been changed: by a disk, or by somebody.
actor FuzzedStore {
    static let shared = FuzzedStore()

    private let directory = FileManager.default.temporaryDirectory.appending(path: "ape-fuzz-\(getpid())")
    private var whole: [UInt8] = []

    private var path: String { RunStore.path(in: directory.path) }

    /// Changes the bytes that the input names, four of its own for each: a place and what stands there. Whatever comes of
    /// it, the database can be read or is refused.
    func check(_ bytes: [UInt8]) async throws(BrokenProperty) {
        do {
            if whole.isEmpty { try await make() }
            var changed = whole
            for patch in stride(from: 0, to: bytes.count - 3, by: 4) {
                let place = bytes[patch..<patch + 3].reduce(0) { $0 << 8 | Int($1) }
                changed[place % changed.count] = bytes[patch + 3]
            }
            clear()
            try Data(changed).write(to: URL(filePath: path))
        } catch {
            throw BrokenProperty("the database cannot be made: \(error)")
        }
        try await read()
    }

    private func clear() {
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
    }

    private func read() async throws(BrokenProperty) {
        guard let store = try? RunStore(path: path) else { return }
        _ = (try? await store.history(), try? await store.cutOffRun(), try? await store.runID(meantBy: "run-"))
        let archive = try? await store.archive(ofRun: "run-1")
        var windows: [StoredWindow] = []
        do {
            for try await window in store.windowsByTime(ofRun: "run-1") { windows.append(window) }
        } catch {}
        let facts = try? await store.facts(ofRun: "run-1")
        try? store.close()
        guard let archive else { return }
        try FuzzedRun.check(archive.ledger, windows)
        FuzzedRun.resume(archive.run.plan, facts ?? [], archive.ledger)
    }

    private func make() async throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        clear()
        let (ledger, windows, facts) = FuzzedRun.sample
        let store = try RunStore(path: path)
        let scenario = try Scenario.read(Array(Self.scenario.utf8), file: "s.yml") { _ in [] }.scenario
        try await store.createRun(
            StoredRun(
                id: "run-1",
                scenarioName: "fuzz",
                scenario: scenario.document,
                plan: ledger.plan,
                seed: 1,
                createdMicros: FuzzedRun.start
            )
        )
        _ = try await store.commit(CommitBatch(windows: windows, facts: facts), run: "run-1")
        let verdict = RunVerdict(judging: ledger, rules: JudgingRules())
        let end = FuzzedRun.start + 40_000_000
        try await store.finish(run: "run-1", verdict: verdict, endedMicros: end, report: nil)
        try store.close()
        whole = Array(try Data(contentsOf: URL(filePath: path)))
    }

    private static let scenario = """
        name: fuzz
        targets: {app: {url: "http://127.0.0.1:1", endpoints: [GET /a]}}
        goals: {look: {script: [GET /a]}}
        """
}
