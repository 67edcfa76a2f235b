import ApeCore
import ApeProgram

/// Who is told how a run ended: by `--notify` and `--notify-chat`, and by the environment.
package struct NoticeSettings: Sendable {
    static let urlVariable = "APE_NOTIFY"
    static let chatVariable = "APE_NOTIFY_CHAT"
    static let secretVariable = "APE_NOTIFY_SECRET"
    /// More places than anybody names by hand.
    static let maximumPlaces = 20

    package var webhooks: [Webhook]
    /// nil sends unsigned.
    package var secret: WebhookSecret?
    /// The page of the pipeline's job, where the environment tells.
    package var job: String?

    /// Reads what a run was told; nil where nobody is to be told.
    ///
    /// - Parameters:
    ///   - urls: what `--notify` says.
    ///   - chats: what `--notify-chat` says.
    ///   - secretFile: what `--notify-secret-file` says; nil where it was not given.
    ///   - environment: the process's variables; one that is empty counts as not set.
    /// - Throws: ``ApeError`` for a URL or a secret that is none, and for a file that others can read.
    package init?(
        urls: [String],
        chats: [String],
        secretFile: String?,
        environment: [String: String]
    ) throws(ApeError) {
        func named(_ variable: String) -> [(String, String)] {
            (environment[variable] ?? "").split(whereSeparator: \.isWhitespace).map { (variable, String($0)) }
        }
        let events = urls.map { ("--notify", $0) } + named(Self.urlVariable)
        let lines = chats.map { ("--notify-chat", $0) } + named(Self.chatVariable)
        webhooks = []
        for (form, places) in [(Webhook.Form.event, events), (.chat, lines)] {
            for (source, url) in places {
                let webhook = try Webhook(url, form, givenBy: source)
                if !webhooks.contains(webhook) { webhooks.append(webhook) }
            }
        }
        guard webhooks.count <= Self.maximumPlaces else {
            throw ApeError(.usage, "--notify names \(webhooks.count) places; at most \(Self.maximumPlaces) are told")
        }
        if let secretFile {
            secret = try WebhookSecret(TokenFile.read(secretFile).revealed(), givenBy: "--notify-secret-file")
        } else if let text = environment[Self.secretVariable], !text.isEmpty {
            secret = try WebhookSecret(text, givenBy: Self.secretVariable)
        }
        guard !webhooks.isEmpty else {
            if secretFile != nil {
                throw ApeError(
                    .usage,
                    "--notify-secret-file signs nothing: name a webhook with --notify or \(Self.urlVariable)"
                )
            }
            return nil
        }
        job = Self.job(environment)
    }

    /// What GitLab, Jenkins and GitHub tell their jobs of themselves.
    private static func job(_ environment: [String: String]) -> String? {
        if let url = environment["CI_JOB_URL"] ?? environment["BUILD_URL"], !url.isEmpty { return url }
        guard let server = environment["GITHUB_SERVER_URL"], let repository = environment["GITHUB_REPOSITORY"],
            let run = environment["GITHUB_RUN_ID"]
        else { return nil }
        return "\(server)/\(repository)/actions/runs/\(run)"
    }
}
