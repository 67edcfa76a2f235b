import ApeCore
import ApeFleet
import ApeMetrics
import ApeRun

extension LiveRun {
    /// Reads what ``json`` wrote, here or elsewhere. Lists and texts are cut to their bounds and numbers held to what they
    /// mean; what is missing was not measured.
    ///
    /// - Throws: ``ApeError`` of code `network` for what is no moment of a run.
    package init(json: JSONValue) throws(ApeError) {
        guard json["type"]?.string == Self.typeName, let run = json["run"]?.string, !run.isEmpty else {
            throw ApeError(.network, "What came is not how a run goes")
        }
        self.init(
            run: run.cut(to: Self.nameBytes),
            scenario: json.text("scenario", Self.nameBytes),
            isDemo: json["is_demo"]?.bool ?? false,
            startTime: json.text("start_time", Self.nameBytes),
            time: json.text("time", Self.nameBytes),
            elapsedSeconds: json.seconds("elapsed_seconds") ?? 0,
            phase: json["phase"]?.string.flatMap { Progress.Phase(rawValue: $0) }
        )
        isPaused = json["paused"]?.bool ?? false
        plan = PlanPart(json["plan"] ?? .null)
        let left = json["left"] ?? .null
        self.left = TimeLeft(
            phase: left.seconds("phase_seconds"),
            stage: left.seconds("stage_seconds"),
            run: left.seconds("run_seconds")
        )
        let agents = json["agents"] ?? .null
        self.agents = Agents(
            target: agents.count("target") ?? 0,
            assigned: agents.count("assigned") ?? 0,
            active: agents.count("active") ?? 0,
            stalled: agents.count("stalled"),
            waiting: agents.count("waiting") ?? 0
        )
        let fleet = json["fleet"] ?? .null
        self.fleet = Fleet(
            expected: fleet.count("expected") ?? 0,
            connected: fleet.count("connected") ?? 0,
            silent: fleet.count("silent") ?? 0,
            lost: fleet.count("lost") ?? 0
        )
        workers = json.list("workers", Self.maximumWorkers, Worker.init)
        furtherWorkers = json.count("further_workers") ?? 0
        mtba = Latency(json["mtba"] ?? .null)
        ttft = json["ttft"]?.object == nil ? nil : json["ttft"].map(Latency.init)
        targets = json.list("targets", KPIKey.allCases.count, Condition.init)
        thresholds = json.list("thresholds", Threshold.maximumNumber, Condition.init)
        sessions = Sessions(json["sessions"] ?? .null)
        actionsPerSecond = json.amount("actions_per_second")
        decisionsPerSecond = json.amount("decisions_per_second")
        silentSeconds = json.seconds("silent_seconds") ?? 0
        tokens = json["tokens"]?.object == nil ? nil : json["tokens"].map(Tokens.init)
        cost = json.measure("cost")
        budget = json.measure("budget")
        arrivals = json["arrivals"].flatMap(ArrivalPart.init)
        tries = json.list("tries", Self.maximumTries, Try.init)
        events = json.list("events", Self.maximumEvents, Event.init)
    }
}

extension JSONValue {
    fileprivate func text(_ key: String, _ bytes: Int) -> String { (self[key]?.string ?? "").cut(to: bytes) }

    /// A number of things; nil where there is none.
    fileprivate func amount(_ key: String) -> Int64? { self[key]?.integer.map { max(0, $0) } }

    /// A number of agents, workers or stages.
    fileprivate func count(_ key: String) -> Int? { amount(key).map { Int(min($0, 1_000_000_000)) } }

    /// Whole seconds, a hundred years at most.
    fileprivate func seconds(_ key: String) -> Int64? { amount(key).map { min($0, 3_200_000_000) } }

    /// A measured value; nil for one that cannot be.
    fileprivate func measure(_ key: String) -> Double? {
        self[key]?.number.flatMap { $0 >= 0 ? $0 : nil }
    }

    fileprivate func status(_ key: String) -> Verdict.Status? {
        self[key]?.string.flatMap { Verdict.Status(rawValue: $0) }
    }

    /// The elements that are understood.
    fileprivate func list<Element>(_ key: String, _ most: Int, _ read: (JSONValue) -> Element?) -> [Element] {
        (self[key]?.array ?? []).prefix(most).compactMap(read)
    }
}

extension LiveRun.PlanPart {
    fileprivate init(_ json: JSONValue) {
        stages = json.list("stages", LiveRun.maximumStages) { stage in
            LiveRun.StageMark(
                name: stage.text("name", LiveRun.nameBytes),
                agents: stage.count("agents") ?? 0,
                seconds: stage.seconds("seconds"),
                status: stage.status("status")
            )
        }
        first = json.count("first") ?? 0
        count = json.count("count") ?? stages.count
        current = json.count("current")
        isSearch = json["search"]?.bool ?? false
        share = json.measure("share").map { min($0, 1) }
    }
}

extension LiveRun.Worker {
    fileprivate init(_ json: JSONValue) {
        self.init(
            name: json.text("name", LiveRun.nameBytes),
            link: json["link"]?.string.flatMap { WorkerStanding(rawValue: $0) } ?? .away,
            assigned: json.count("assigned"),
            active: json.count("active"),
            cpuPercent: json.measure("cpu_percent"),
            lagSeconds: json.measure("lag_seconds")
        )
    }
}

extension LiveRun.Latency {
    fileprivate init(_ json: JSONValue) {
        self.init(
            now: json.measure("now_seconds"),
            mean: json.measure("mean_seconds"),
            p95: json.measure("p95_seconds"),
            target: json.measure("target_seconds"),
            recent: (json["recent_seconds"]?.array ?? []).suffix(LiveRun.recentSeconds).map(\.number)
        )
    }
}

extension LiveRun.Condition {
    fileprivate init(_ json: JSONValue) {
        self.init(
            name: json.text("name", LiveRun.sentenceBytes),
            title: json.text("title", LiveRun.sentenceBytes),
            measured: json["measured"]?.string?.cut(to: LiveRun.nameBytes),
            limit: json.text("limit", LiveRun.nameBytes),
            status: json.status("status")
        )
    }
}

extension LiveRun.Sessions {
    fileprivate init(_ json: JSONValue) {
        completed = json.amount("completed") ?? 0
        good = json.amount("good") ?? 0
        goodPercent = json.measure("good_percent").map { min($0, 100) }
        failed = json.list("failed", Party.allCases.count) { failed in
            failed["party"]?.string.flatMap { Party(rawValue: $0) }.map {
                LiveRun.PartyCount(
                    party: $0,
                    count: failed.amount("count") ?? 0,
                    percent: failed.measure("percent").map { min($0, 100) }
                )
            }
        }
    }
}

extension LiveRun.Tokens {
    fileprivate init(_ json: JSONValue) {
        self.init(
            input: json.amount("in") ?? 0,
            output: json.amount("out") ?? 0,
            isEstimated: json["estimated"]?.bool ?? false
        )
    }
}

extension LiveRun.ArrivalPart {
    fileprivate init?(_ json: JSONValue) {
        guard let asked = json.measure("asked_per_second") else { return nil }
        self.init(
            askedPerSecond: asked,
            reachedPerSecond: json.measure("reached_per_second"),
            latePercent: json.measure("late_percent"),
            latenessSeconds: json.measure("lateness_p99_seconds")
        )
    }
}

extension LiveRun.Try {
    fileprivate init?(_ json: JSONValue) {
        guard let status = json.status("status") else { return nil }
        self.init(
            level: json.text("level", LiveRun.nameBytes),
            status: status,
            bound: json.text("bound", LiveRun.sentenceBytes),
            value: json.text("value", LiveRun.nameBytes),
            limit: json.text("limit", LiveRun.nameBytes)
        )
    }
}

extension LiveRun.Event {
    fileprivate init(_ json: JSONValue) {
        self.init(
            time: json.text("time", LiveRun.nameBytes),
            level: json["level"]?.string.flatMap { Level(rawValue: $0) } ?? .info,
            message: json.text("message", LiveRun.sentenceBytes)
        )
    }
}
