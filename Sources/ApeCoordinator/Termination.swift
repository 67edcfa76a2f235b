/// What SIGTERM does to a run. SIGINT ends it in any case: it comes from somebody who has seen enough.
package enum Termination: Sendable, Equatable {
    /// It ends as by SIGINT: agents stop, and the verdict is on what was measured.
    case ends
    /// Its coordinator ends alone: whoever takes its place goes on with the run.
    case suspends

    /// What a coordinator's own command line asks for. Where that takes a run up, whoever starts it once more with the same
    /// words, as Kubernetes and systemd do, goes on with the run; otherwise nobody would.
    ///
    /// - Parameter resume: what `--resume` says; nil where it was not given.
    package init(resume: String?) { self = resume == nil ? .ends : .suspends }
}
