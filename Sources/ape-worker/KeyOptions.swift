import ApeCore
import ApeWorker
import ArgumentParser

/// Which secrets of the worker's host a scenario may name.
struct KeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "An environment variable that a scenario may name for a key; several between commas, SHOP_* for all that begin "
                + "so. May be repeated; none unless given.",
            valueName: "name"
        )
    )
    var allowKeyEnv: [String] = []

    @Option(
        help: ArgumentHelp(
            "A file that a scenario may name for a key or a client certificate; /etc/ape/keys/* for those of a directory. "
                + "May be repeated; none unless given.",
            valueName: "path"
        )
    )
    var allowKeyFile: [String] = []

    func list() throws(ApeError) -> KeyAllowList {
        try KeyAllowList(variables: allowKeyEnv, files: allowKeyFile)
    }
}
