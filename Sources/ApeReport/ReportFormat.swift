import ApeCore
import ArgumentParser

/// A format that a run's report is written in: all that is known of it, in one row.
package struct ReportFormat: Sendable {
    /// What a format is made of beside the report.
    enum Needs: Sendable {
        case nothing
        /// The run second by second.
        case seconds
        /// The run in so many points as a picture carries.
        case picture
    }

    /// One file of a report.
    struct Part: Sendable {
        /// Its name in the directory that the option names; nil where the option names the file itself.
        var name: String?
        var text: @Sendable (RunReport) -> String
    }

    /// What it is called in messages.
    package let title: String
    /// The option that names its file or directory, without dashes.
    let option: String
    let help: ArgumentHelp
    let needs: Needs
    let parts: [Part]

    var flag: String { "--\(option)" }

    /// A format of one file.
    private init(
        _ title: String,
        option: String,
        _ help: String,
        needs: Needs = .nothing,
        text: @escaping @Sendable (RunReport) -> String
    ) {
        self.title = title
        self.option = option
        self.help = ArgumentHelp("\(help)", valueName: "file")
        self.needs = needs
        parts = [Part(text: text)]
    }

    /// A format of several files in a directory.
    private init(_ title: String, option: String, _ help: String, needs: Needs, parts: [Part]) {
        self.title = title
        self.option = option
        self.help = ArgumentHelp("\(help)", valueName: "directory")
        self.needs = needs
        self.parts = parts
    }

    package static let json = ReportFormat("Report", option: "output", "Write the report as JSON.") {
        $0.json.plain.prettyText
    }
    package static let html = ReportFormat(
        "HTML",
        option: "html",
        "Write the report as one HTML file that needs no network.",
        needs: .picture
    ) { HTMLReport($0).text }
    static let junit = ReportFormat(
        "JUnit",
        option: "junit",
        "Write JUnit XML: a test case for each target, stage and goal."
    ) { JUnitReport($0).text }
    static let markdown = ReportFormat(
        "Markdown",
        option: "markdown",
        "Write Markdown; where GITHUB_STEP_SUMMARY names a file, it is added there too."
    ) { MarkdownReport($0).text }
    /// What a GitHub Actions job shows as its summary.
    static let stepSummary = markdown
    static let csv = ReportFormat(
        "CSV",
        option: "csv",
        "Write seconds.csv, stages.csv, routes.csv, thresholds.csv and servers.csv into a directory.",
        needs: .seconds,
        parts: CSVTable.allCases.map { table in Part(name: "\(table.rawValue).csv") { table.text($0) } }
    )
}

extension ReportFormat {
    static let gitlabMetrics = ReportFormat(
        "GitLab metrics",
        option: "gitlab-metrics",
        "Write the measured values as OpenMetrics text, for GitLab's metrics report."
    ) { GitLabMetrics($0).text }
    static let badge = ReportFormat("Badge", option: "badge", "Write the verdict as a badge in SVG.") {
        Badge($0).text
    }
    static let chat = ReportFormat("Chat", option: "chat", "Write one line for a chat; - prints it.") {
        ChatLine($0).text
    }
}

extension ReportFormat {
    /// The formats of a report beside JSON, wherever one is written. A format takes a row above and an option here.
    package struct Options: ParsableArguments {
        @Option(.html) package var html: String?
        @Option(.junit) package var junit: String?
        @Option(.markdown) package var markdown: String?
        @Option(.csv) package var csv: String?
        @Option(.gitlabMetrics) package var gitlabMetrics: String?
        @Option(.badge) package var badge: String?
        @Option(.chat) package var chat: String?
        @Flag(
            inversion: .prefixedNo,
            help: "Print GitHub annotations at the scenario's lines; of themselves a run in a GitHub job does."
        )
        package var githubAnnotations: Bool?

        package init() {}

        /// What was asked for.
        package var outputs: [ReportOutput] {
            let paths: [(format: ReportFormat, path: String?)] = [
                (.html, html), (.junit, junit), (.markdown, markdown), (.csv, csv),
                (.gitlabMetrics, gitlabMetrics), (.badge, badge), (.chat, chat),
            ]
            return paths.compactMap { format, path in path.map { ReportOutput(format, path: $0) } }
        }

        /// The same options as arguments for another program.
        package var arguments: [String] {
            let annotations = githubAnnotations.map { [$0 ? "--github-annotations" : "--no-github-annotations"] }
            return outputs.flatMap { [$0.format.flag, $0.path] } + (annotations ?? [])
        }
    }
}

extension Option where Value == String? {
    /// The option that names where a format is written; nil where it is not asked for.
    package init(_ format: ReportFormat) {
        self.init(name: .customLong(format.option), help: format.help)
    }
}
