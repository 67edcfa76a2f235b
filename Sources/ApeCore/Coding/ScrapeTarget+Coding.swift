extension ScrapeTarget: ScenarioMap {
    static let section = "scrape[]"

    static let settings: [ScenarioSetting<Self>] = [
        ScenarioSetting(
            "name",
            \.name,
            .serverName,
            demand: "what reports and thresholds call the server, such as vllm",
            "what reports and thresholds call the server"
        ),
        url,
        ScenarioSetting("every", \.everyMicros, .wholeSeconds(1...60), "how often it is asked"),
        ScenarioSetting(
            "timeout",
            \.timeoutMicros,
            .duration(50_000...30_000_000),
            limits: "50ms to 30s, less than `every`",
            usual: "nine tenths of `every`, at most 5s",
            "how long an answer is waited for; then the figures of that moment are missing"
        ),
        series,
        ScenarioSetting("party", \.party, .choice, usual: "by what it shows", "whose server it is, for findings"),
        ScenarioSetting(
            "headers",
            \.headers,
            .keyless(tokenOutside),
            "sent with every question; none that carries a key"
        ),
        ScenarioSetting(
            "token_env",
            \.token,
            .keyVariable(tokenOutside),
            usual: "no token",
            "the environment variable of the coordinator that holds a token, sent after `Bearer`"
        ),
        ScenarioSetting(
            "token_file",
            \.token,
            .keyFile,
            usual: "no token",
            "the file on the coordinator's host that holds the token"
        ),
        ScenarioSetting("ca_file", \.caFile, .coordinatorFile, usual: "the system's", "the authorities to trust"),
    ]

    /// What is said to someone who writes a token into the file.
    private static let tokenOutside =
        "a token does not belong in a scenario: put it in an environment variable of the coordinator and name that "
        + "variable under `token_env`, or in a file that `token_file` names"

    /// The address of the page and its query, which is none of the path's.
    private static let url = ScenarioSetting<Self>(
        key: "url",
        type: "URL",
        usual: "required",
        limits: "2048 bytes",
        meaning: "the page in Prometheus' format, with its query",
        demand: "the page in Prometheus' format, such as http://127.0.0.1:8000/metrics",
        read: { decoder, field, target in
            guard let (base, query) = decoder.addressWithQuery(field, keyOutside: tokenOutside) else { return }
            target.url = base + (query.map { "?" + $0 } ?? "")
        },
        write: { .string($0.url) }
    )

    private static let series = ScenarioSetting<Self>(
        key: "series",
        type: "list",
        usual: "by what it shows",
        limits: "1 to 32",
        meaning: "`name` or `name{label=\"value\"}`: what is taken of the page",
        demand: nil,
        read: { decoder, field, target in target.series = decoder.series(field) },
        write: { target in target.series.isEmpty ? nil : .array(target.series.map { .string($0.text) }) }
    )
}

extension ScenarioCodec<String> {
    fileprivate static var serverName: Self {
        Self(
            type: "name",
            limits: "64 bytes",
            fallback: "",
            read: { decoder, field in
                guard let name = decoder.word(field, atMost: 64) else { return nil }
                decoder.checkName(name, at: field)
                return name
            },
            write: { .string($0) }
        )
    }

    /// A file on the coordinator's host.
    fileprivate static var coordinatorFile: Self {
        Self(type: "path", limits: "on the coordinator's host", read: { $0.word($1) }, write: { .string($0) })
    }
}

extension ScenarioDecoder {
    /// Reads the servers whose figures go with a run.
    mutating func scrape(_ field: ScenarioField) -> [ScrapeTarget] {
        var targets: [ScrapeTarget] = []
        for item in items(field, atMost: ScrapeTarget.maximumNumber) {
            var target = ScrapeTarget(name: "", url: "")
            let told = problems.count
            guard read(item, into: &target), problems.count == told else { continue }
            if targets.contains(where: { $0.name == target.name }) {
                problem("another server is called \(target.name): give each its own name", at: item)
            }
            if item.has("token_env"), item.has("token_file") {
                problem("`token_env` and `token_file` both name the token: leave one out", at: item)
            }
            if target.waitMicros >= target.everyMicros {
                let every = DurationText.text(micros: target.everyMicros)
                problem(
                    "`timeout` is not less than `every`, which is \(every): shorten it, or ask less often",
                    at: item
                )
            }
            targets.append(target)
        }
        return targets
    }

    fileprivate mutating func series(_ field: ScenarioField) -> [SeriesSelector] {
        let fields = items(field, atMost: ScrapeTarget.maximumSeries)
        var selectors: [SeriesSelector] = []
        for item in fields {
            guard let text = word(item, atMost: 4096),
                let selector = catching(item, { () throws(ApeError) in try SeriesSelector(text) })
            else { continue }
            if selectors.contains(selector) { problem("stands twice", at: item) }
            selectors.append(selector)
        }
        if case .list(let elements) = field.node.content, elements.isEmpty {
            problem(
                "is empty: name a series, or leave `series` out for those that are known of such a server",
                at: field
            )
        }
        return selectors
    }
}
