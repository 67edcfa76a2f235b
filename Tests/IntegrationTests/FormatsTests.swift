import ApeCore
import Testing

extension IntegrationTests.Operated {
    /// The report's formats of a real run, each opened by a program that reads its kind.
    @Suite(.timeLimit(.minutes(5)))
    struct Formats {
        private struct Files {
            var html: String
            var junit: String
            var markdown: String
            var csv: String

            init(_ stem: String, in scratch: Scratch) {
                html = scratch.file("\(stem).html")
                junit = scratch.file("\(stem).xml")
                markdown = scratch.file("\(stem).md")
                csv = scratch.file("\(stem)-tables")
            }

            var flags: [String] { ["--html", html, "--junit", junit, "--markdown", markdown, "--csv", csv] }
        }

        @Test func everyFormatOfARunIsReadByItsReaders() async throws {
            try await Scratch.with { scratch in
                let first = Files("run", in: scratch)
                let summary = scratch.file("summary.md")
                try await Demo.with(in: scratch) { demo in
                    let (finished, reportPath) = try await Ape.validate(
                        scenario: try Example.shop(demo, agents: 10, holdSeconds: 6),
                        flags: first.flags,
                        environment: ["GITHUB_STEP_SUMMARY": summary],
                        in: scratch
                    )
                    #expect([0, 3].contains(finished.exitCode), "\(finished.errors)")
                    #expect(finished.output.contains("HTML: \(first.html)"))
                    try await Report(reportPath).expectSound(in: scratch)
                }
                #expect(textOfFile(summary)?.contains("### Targets") == true)
                // The same again from what is stored.
                let again = Files("again", in: scratch)
                let words = ["report", "latest", "--results", scratch.file("results")] + again.flags
                let finished = try await ProcessHarness.run(try Invocation.ape("ape-test", words), in: scratch)
                #expect(finished.exitCode == 0, "\(finished.errors)")
                for files in [first, again] {
                    try await openTables(files.csv, in: scratch)
                    try await openPage(files.html, in: scratch)
                    try await openTests(files.junit, in: scratch)
                }
                #expect(textOfFile(first.csv + "/seconds.csv") == textOfFile(again.csv + "/seconds.csv"))
                #expect(textOfFile(first.markdown) == textOfFile(again.markdown))
            }
        }

        @Test func whatCannotBeWrittenIsRefusedBeforeTheRun() async throws {
            try await Scratch.with { scratch in
                let nowhere = scratch.file("nowhere/report.html")
                let (finished, _) = try await Ape.validate(
                    scenario: Example.look(at: "http://127.0.0.1:9"),
                    flags: ["--html", nowhere],
                    in: scratch
                )
                #expect(finished.exitCode == 2)
                #expect(finished.errors.contains("--html") && finished.errors.contains(nowhere), "\(finished.errors)")
            }
        }

        /// Python's own reader: every row has as many fields as the header, and every second's numbers are numbers.
        private func openTables(_ directory: String, in scratch: Scratch) async throws {
            let script = """
                import csv, sys
                for name in ("seconds", "stages", "routes"):
                    rows = list(csv.reader(open(f"{sys.argv[1]}/{name}.csv", newline=""), strict=True))
                    assert len(rows) > 1 and {len(row) for row in rows} == {len(rows[0])}, name
                seconds = list(csv.DictReader(open(f"{sys.argv[1]}/seconds.csv", newline="")))
                assert sum(int(row["actions"]) for row in seconds) > 20
                assert {row["phase"] for row in seconds} >= {"ramp", "hold"}
                """
            let finished = try await ProcessHarness.run(Invocation("python3", ["-c", script, directory]), in: scratch)
            #expect(finished.exitCode == 0, "\(finished.errors)")
        }

        private func openPage(_ path: String, in scratch: Scratch) async throws {
            for (width, scheme) in [("1280", "light"), ("390", "dark"), ("390", "light"), ("1280", "dark")] {
                let words = ["\(Invocation.tree)/Tests/Reference/page.py", path, width, scheme]
                let finished = try await ProcessHarness.run(Invocation("python3", words), in: scratch)
                #expect(finished.exitCode == 0, "\(finished.errors)")
                let page = try JSONValue(parsing: finished.output)
                #expect(page["errors"]?.array == [])
                #expect(page["requests"]?.array?.map(\.string) == ["file://\(path)"])
                #expect(page["overflow"]?.integer == 0, "\(width) \(scheme)")
                #expect(page["sorted"]?.bool == true)
                #expect(page["ground"]?.string == (scheme == "light" ? "rgb(255, 255, 255)" : "rgb(17, 21, 28)"))
            }
        }

        private func openTests(_ path: String, in scratch: Scratch) async throws {
            let programs = try await PythonPackage.programs(
                of: "junitparser",
                requirement: "junitparser==3.*",
                in: scratch
            )
            // Without the package index the standard library's parser has to do.
            let script = """
                import sys
                try:
                    from junitparser import JUnitXml
                    suites = {suite.name: list(suite) for suite in JUnitXml.fromfile(sys.argv[1])}
                except ImportError:
                    from xml.etree import ElementTree
                    root = ElementTree.parse(sys.argv[1]).getroot()
                    suites = {suite.get("name"): suite.findall("testcase") for suite in root}
                assert {name: len(cases) for name, cases in suites.items()} == {"targets": 8, "stages": 1, "goals": 2}
                """
            let python = programs.map { $0 + "/python" } ?? "python3"
            let finished = try await ProcessHarness.run(Invocation(python, ["-c", script, path]), in: scratch)
            #expect(finished.exitCode == 0, "\(finished.errors)")
        }
    }
}
