import ArgumentParser

/// The option that lets runs be compared which were measured by unlike definitions.
package struct VersionOptions: ParsableArguments {
    @Flag(help: "Compare although the two runs were measured by unlike definitions.")
    package var anyVersion = false

    package init() {}
}
