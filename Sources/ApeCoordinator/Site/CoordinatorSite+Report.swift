import ApeCore
import ApeHTTP
import ApeReport
import ApeRun
import ApeStore

/// The reports of runs, and their events, as `ape-test report` makes them of what is stored.
extension CoordinatorSite {
    /// `GET /api/v1/runs/{id}/report?format=json`.
    func report(ofRun id: String, _ query: [String: String]) async -> HTTPAnswer {
        let asked = query["format"] ?? ReportFormat.json.name
        guard let format = ReportFormat.all.first(where: { $0.name == asked }) else {
            let names = ReportFormat.all.map(\.name).joined(separator: ", ")
            return .error(400, "unknown_format", "There is no such format; there are \(names)")
        }
        // Of a format with parts the first is meant unless another is asked for; one without has nothing to choose from.
        let known = format.partNames.isEmpty ? ReportFormat.all.flatMap(\.partNames) : format.partNames
        if let part = query["part"], !known.contains(part) {
            return .error(400, "unknown_part", "There is no such part; there are \(known.joined(separator: ", "))")
        }
        let part = format.partNames.isEmpty ? nil : query["part"] ?? format.partNames.first
        return await withReport(ofRun: id, for: format) { report in
            format.text(of: report, part: part).map { HTTPAnswer(contentType: format.contentType, body: $0) }
                ?? .error(400, "unknown_part", "There is no such part")
        }
    }

    /// `GET /api/v1/runs/{id}/events`: what happened to the fleet, and what its workers told.
    func events(ofRun id: String) async -> HTTPAnswer {
        await withReport(ofRun: id, for: nil) { report in
            .json([
                "run": .string(id), "events": report.json["fleet_events"] ?? [],
                "dropped": report.json["fleet_events_dropped"] ?? 0,
            ])
        }
    }

    /// Makes a run's report of what is stored. Few are made at once: each costs as much as the run was long.
    private func withReport(
        ofRun id: String,
        for format: ReportFormat?,
        _ body: (RunReport) -> HTTPAnswer
    ) async -> HTTPAnswer {
        guard let slot = slots.take() else {
            return .error(503, "busy", "Other reports are being made: ask again in a few seconds")
        }
        defer { withExtendedLifetime(slot) {} }
        do {
            guard try await store.run(id) != nil else { return .unknownRun(id) }
            let isOver = await loop.outcome != nil
            let goesOn = id == loop.configuration.runID && !isOver
            var report = RunReport(try await store.archive(ofRun: id), isRunning: goesOn)
            if let format {
                let outputs = ReportOutputs([ReportOutput(format, path: "")], ofRun: id)
                let timelines = try await TimelineBuilder.timelines(
                    outputs.timelines(of: report.ledger),
                    of: store.windowsByTime(ofRun: id)
                )
                report.add(timelines, for: outputs)
            }
            return body(report)
        } catch {
            return .error(503, "store", "The run cannot be read now: \(error)")
        }
    }
}

extension HTTPAnswer {
    /// There is no such run.
    static func unknownRun(_ id: String) -> HTTPAnswer {
        .error(404, "not_found", "There is no run \(id.prefix(64)); GET /api/v1/runs lists those that there are")
    }
}
