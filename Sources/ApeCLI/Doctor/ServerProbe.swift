import ApeCore
import ApeMetrics
import ApeProgram
import ApeTransfer

/// Asks a server of the scenario's `scrape` once and tells what it shows, as the coordinator will ask it.
struct ServerProbe: Sendable {
    /// The series that are named.
    private static let namedSeries = 12

    let target: ScrapeTarget

    private var check: String { "scrape.\(target.name)" }

    func findings(reactor: Reactor) async -> [Finding] {
        guard let url = try? BaseURL(String(target.url.prefix { $0 != "?" })) else { return [] }
        var request = TransferRequest(url: target.url, headers: [("Accept", ServerPage.accept)])
        request.headers += target.headers.map { ($0.name, $0.value) }
        request.caFile = target.caFile
        request.userAgent = ApeVersion.userAgent
        do throws(ApeError) {
            if let token = try target.token?.read("the token of scrape \(target.name)", on: "this host") {
                request.headers.append(("Authorization", "Bearer \(token)"))
            }
        } catch {
            return [Finding(check, .fault, "\(error).", fix: ["set it on the coordinator's host"])]
        }
        let judgement = EndpointJudgement(
            check: check,
            name: "The server \(target.name)",
            url: url,
            caKey: "scrape[].ca_file"
        )
        switch await EndpointProbe(request).ask(reactor: reactor) {
        case .failure(let error): return [judgement.unreachable(error.kind, error.message)]
        case .success(let answer): return [finding(answer)]
        }
    }

    /// What an answer shows.
    func finding(_ answer: EndpointProbe.Answer) -> Finding {
        let page = ServerPage(
            status: answer.status,
            contentType: nil,
            body: answer.body,
            isCut: answer.isCut || answer.body.count > ScrapeTarget.maximumAnswerBytes
        )
        switch page {
        case .missing(let reason):
            let fix = "see what it shows: curl -v \(target.url)"
            return Finding(check, .fault, "The server \(target.name) shows no figures: \(reason).", fix: [fix])
        case .shown(let page): return finding(page, micros: answer.micros)
        }
    }

    private func finding(_ page: MetricsPage, micros: Int64) -> Finding {
        var reader = ServerReader(target.series)
        // A second look at the same page shows which rates there will be.
        _ = reader.read(page, atMicros: 0)
        let reading = reader.read(page, atMicros: 1_000_000)
        let names = reading.figures.map(\.series)
        let took = Milliseconds.text(micros)
        if !reading.absent.isEmpty {
            let near = reading.absent.compactMap { Spelling.closest(to: $0, among: page.names) }
            return Finding(
                check,
                .warning,
                "The server \(target.name) does not show \(reading.absent.joined(separator: ", ")) (\(page.names.count) names "
                    + "in \(took)).",
                fix: near.isEmpty
                    ? ["look for its name: curl -s \(target.url)"] : near.map { "did you mean \($0)?" }
            )
        }
        guard !names.isEmpty else {
            return Finding(
                check,
                .warning,
                "The server \(target.name) shows \(page.names.count) names in \(took), none of a kind that is known.",
                fix: [
                    "name what is to be taken under `series`, such as \(page.names.prefix(3).joined(separator: ", "))"
                ]
            )
        }
        let shown = names.prefix(Self.namedSeries).joined(separator: ", ")
        let more = names.count > Self.namedSeries ? " and \(names.count - Self.namedSeries) more" : ""
        let slow = micros > target.waitMicros
        return Finding(
            check,
            slow ? .warning : .ok,
            "The server \(target.name) shows \(shown)\(more) in \(took).",
            fix: slow
                ? ["raise `every` and `timeout`: an answer is waited for \(Milliseconds.text(target.waitMicros))"] : []
        )
    }
}
