import ApeChannel
import ApeCore
import ApeProgram
import ApeReport
import UnixSignals

/// Shows how a fleet goes that others have started: on a terminal as its own dashboard would, elsewhere in a line now and
/// then. It only looks: its end ends nothing else.
struct FleetWatch: Sendable {
    /// How often the terminal's size is looked at.
    private static let sizePeriod = Duration.milliseconds(100)
    /// So many of these are from one moment to the next.
    private static let periodsPerMoment = 10

    /// Asks the coordinator for a moment.
    let ask: @Sendable () async throws(ApeError) -> LiveRun

    /// Watches until Ctrl-C, or the run's end.
    ///
    /// - Throws: ``ApeError`` where no run answers from the first.
    func run() async throws {
        let first = try await ask()
        let screen = StandardOutput.screen
        let isEnded = try await withThrowingTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
            group.addTask {
                for await _ in signals { break }
                return false
            }
            group.addTask {
                if let screen { await follow(first, on: screen) } else { await tell(first) }
                return true
            }
            return try await group.next() ?? true
        }
        screen?.leave()
        if isEnded {
            StandardOutput.write("The coordinator does not answer any more: the run has ended.\n")
        }
    }

    private func follow(_ first: LiveRun, on screen: TerminalScreen) async {
        var live = first
        repeat {
            Self.show(live, on: screen)
            for _ in 0..<Self.periodsPerMoment {
                guard (try? await Task.sleep(for: Self.sizePeriod)) != nil else { return }
                if screen.isResized { Self.show(live, on: screen) }
            }
            guard let next = try? await ask() else { return }
            live = next
        } while true
    }

    private func tell(_ first: LiveRun) async {
        var (live, pace) = (first, LivePace(periodSeconds: 10))
        repeat {
            if pace.isDue(live) { StandardOutput.write("\(LiveSentence(live).text)\n") }
            guard (try? await Task.sleep(for: .seconds(1))) != nil, let next = try? await ask() else { return }
            live = next
        } while true
    }

    private static func show(_ live: LiveRun, on screen: TerminalScreen) {
        screen.show { size in
            LiveDashboard(live, columns: size.columns, rows: size.rows, isColoured: screen.wantsColour).lines
        }
    }
}

extension FleetDirectory {
    /// How the fleet that stands here goes.
    ///
    /// - Throws: ``ApeError`` where it does not tell.
    func live() async throws(ApeError) -> LiveRun {
        let answer = try await CommandSocket.ask(commandSocket, JSONValue.object(["command": "live"]).text)
        guard let json = try? JSONValue(parsing: answer), let live = json["live"] else {
            throw ApeError(.network, "The coordinator answered what is not understood")
        }
        return try LiveRun(json: live)
    }
}
