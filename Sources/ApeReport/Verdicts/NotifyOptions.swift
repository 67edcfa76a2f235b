import ApeCore
import ArgumentParser

/// Who is told how a run ended, the same in `ape-coordinator run` and the verbs of `ape-test` that start one.
package struct NotifyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Send the verdict to this webhook at the run's end, as JSON; may be repeated. APE_NOTIFY of the environment holds "
                + "too, and is not seen in lists of processes.",
            valueName: "url"
        )
    )
    package var notify: [String] = []

    @Option(
        help: ArgumentHelp(
            "The same as a line of text, in the form that Slack, Mattermost, Rocket.Chat and Google Chat take; may be repeated. "
                + "APE_NOTIFY_CHAT of the environment holds too.",
            valueName: "url"
        )
    )
    package var notifyChat: [String] = []

    @Option(
        help: ArgumentHelp(
            "The file with the secret that webhooks are signed with, such as whsec_ and Base64; APE_NOTIFY_SECRET of the "
                + "environment without it.",
            valueName: "file"
        )
    )
    package var notifySecretFile: String?

    package init() {}

    /// The same options as arguments for another program.
    package var arguments: [String] {
        notify.flatMap { ["--notify", $0] } + notifyChat.flatMap { ["--notify-chat", $0] }
            + (notifySecretFile.map { ["--notify-secret-file", $0] } ?? [])
    }
}
