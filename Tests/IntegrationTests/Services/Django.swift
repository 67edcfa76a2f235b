/// A new Django project with its administration site, set up as `docs/examples/django.yml` says.
struct Django {
    /// Where the administration is, such as `http://127.0.0.1:8400/admin`.
    let url: String

    private let server: RunningProgram

    /// Runs `body` beside a project of its own on Django's own server.
    static func with<Value: Sendable>(
        programs: String,
        in scratch: Scratch,
        _ body: (Django) async throws -> Value
    ) async throws -> Value {
        let project = try await makeProject(programs: programs, in: scratch)
        let address = "127.0.0.1:\(try FreePort.pick())"
        let start = Invocation("\(programs)/python", ["\(project)/manage.py", "runserver", "--noreload", address])
        let url = "http://\(address)/admin"
        return try await ProcessHarness.with(start, in: scratch) { server in
            _ = try await server.wait(for: "its first page") {
                let curl = Invocation("curl", ["--silent", "--fail", "--max-time", "5", url + "/login/"])
                return try await ProcessHarness.run(curl, in: scratch).exitCode == 0 ? true : nil
            }
            return try await body(Django(url: url, server: server))
        }
    }

    /// How many requests the server has logged.
    func loggedRequests() -> Int {
        server.errors.split(separator: "\n").count { $0.contains("HTTP/1.1\" ") }
    }

    /// - Returns: the project's directory.
    private static func makeProject(programs: String, in scratch: Scratch) async throws -> String {
        let project = try scratch.directory("django")
        try await run("\(programs)/django-admin", ["startproject", "mysite", project], in: scratch)
        let settings = "\(project)/mysite/settings.py"
        guard let text = textOfFile(settings) else { throw HarnessError("no settings at \(settings)") }
        let transactions = "DATABASES[\"default\"][\"OPTIONS\"] = {\"transaction_mode\": \"IMMEDIATE\"}\n"
        try scratch.write("django/mysite/settings.py", text + transactions)
        let manage = "\(project)/manage.py"
        try await run("\(programs)/python", [manage, "migrate"], in: scratch)
        let user = ["createsuperuser", "--noinput", "--username", "admin", "--email", "admin@example.com"]
        try await run("\(programs)/python", [manage] + user, in: scratch)
        return project
    }

    private static func run(_ program: String, _ arguments: [String], in scratch: Scratch) async throws {
        var invocation = Invocation(program, arguments)
        invocation.environment = ["DJANGO_SUPERUSER_PASSWORD": "demo"]
        let finished = try await ProcessHarness.run(invocation, in: scratch)
        guard finished.exitCode == 0 else { throw HarnessError("\(arguments): \(finished.errors)") }
    }
}
