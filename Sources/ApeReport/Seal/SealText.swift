import ApeCore
import ApeRun

/// The seal in sentences, for the head of a report that people read.
struct SealText: Sendable {
    /// Workers that a sentence names.
    private static let namedWorkers = 3

    let seal: RunSeal
    let scenarioName: String

    init(_ seal: RunSeal, scenarioName: String) {
        self.seal = seal
        self.scenarioName = scenarioName
    }

    init(_ report: RunReport) {
        self.init(report.seal, scenarioName: report.run.scenarioName)
    }

    /// What was measured, by what, and where.
    var origin: String {
        let origin = seal.origin
        let measured = origin.measuredBy.map { "APE \($0.software), measurement version \($0.definitions)" }
        let parts = [
            measured ?? "an APE of before measurement versions",
            "scenario \(scenarioName)" + (origin.scenarioHash.map { " \(RunOrigin.short($0))" } ?? ""),
            "seed \(seal.seed)", origin.plan, origin.hostsText,
        ]
        return "Measured by " + parts.joined(separator: "; ") + "." + (unlikeVersions.map { " \($0)" } ?? "")
    }

    /// That the workers ran unlike versions of their software; nil where they did not.
    private var unlikeVersions: String? {
        let versions = seal.origin.workersByVersion
        guard versions.count > 1 else { return nil }
        let words = versions.map { version, names in
            let more = names.count > Self.namedWorkers ? " and \(names.count - Self.namedWorkers) more" : ""
            return
                "\(version.isEmpty ? "unknown" : version) (\(names.prefix(Self.namedWorkers).joined(separator: ", "))\(more))"
        }
        return "Its workers were of unlike versions: \(words.joined(separator: ", "))."
    }

    /// How far the measurement can be trusted, and how hard it pressed.
    var measures: String {
        let residual = seal.residualPercent.map { "\(Decimals.text($0, places: 2)) %" } ?? "not known"
        let share = seal.generatorShare.map { "\(Decimals.text(100 * $0, places: 2)) %" } ?? "not known"
        return "Accounting residual \(residual); generator's share \(share); \(inFlight); \(prompts)."
    }

    private var inFlight: String {
        guard let all = seal.inFlight else { return "requests in flight not known" }
        var words = "\(Self.requests(all)) requests in flight for \(Self.users(all)) users"
        if let peak = seal.inFlightAtPeak, peak != all {
            words += " (\(seal.peakStage ?? "largest stage"): \(Self.requests(peak)) for \(Self.users(peak)))"
        }
        return words
    }

    private static func requests(_ depth: RunSeal.InFlight) -> String { Decimals.text(depth.requests, places: 1) }

    private static func users(_ depth: RunSeal.InFlight) -> String {
        Decimals.text(depth.users, places: depth.users == depth.users.rounded() ? 0 : 1)
    }

    private var prompts: String {
        guard let prompts = seal.prompts else { return "distinct prompts not known" }
        let most = prompts.isExact ? "" : "at most "
        let words = "\(most)\(prompts.distinct) distinct prompts in \(prompts.counted) decisions"
        return prompts.counted < prompts.decisions ? words + " that were looked at of \(prompts.decisions)" : words
    }

    /// Both sentences.
    var sentences: [String] { [origin, measures] }
}
