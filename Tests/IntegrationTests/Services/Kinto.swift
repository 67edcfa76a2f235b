/// Kinto, a storage service over HTTP, as a target that is not ours: accounts, buckets, collections, records. It keeps
/// everything in memory.
struct Kinto {
    /// Where its API is, such as `http://127.0.0.1:8888/v1`.
    let url: String

    /// Runs `body` beside a server of its own.
    static func with<Value: Sendable>(
        programs: String,
        in scratch: Scratch,
        _ body: (Kinto) async throws -> Value
    ) async throws -> Value {
        let port = try FreePort.pick()
        let configuration = try scratch.write("kinto.ini", settings)
        let start = Invocation("\(programs)/kinto", ["start", "--ini", configuration, "--port", "\(port)"])
        let url = "http://127.0.0.1:\(port)/v1"
        return try await ProcessHarness.with(start, in: scratch) { program in
            _ = try await program.wait(for: "its heartbeat") {
                try? await Fetch.json("\(url)/__heartbeat__", in: scratch)
            }
            return try await body(Kinto(url: url))
        }
    }

    /// Anyone may make an account, and any account a bucket.
    private static let settings = """
        [server:main]
        use = egg:waitress
        host = 127.0.0.1
        port = %(http_port)s
        threads = 8

        [app:main]
        use = egg:kinto
        kinto.includes = kinto.plugins.accounts
        kinto.storage_backend = kinto.core.storage.memory
        kinto.storage_url =
        kinto.cache_backend = kinto.core.cache.memory
        kinto.cache_url =
        kinto.permission_backend = kinto.core.permission.memory
        kinto.permission_url =
        kinto.userid_hmac_secret = only-for-tests
        kinto.account_create_principals = system.Everyone
        kinto.bucket_create_principals = system.Authenticated
        multiauth.policies = account
        multiauth.policy.account.use = kinto.plugins.accounts.authentication.AccountsAuthenticationPolicy

        [loggers]
        keys = root
        [handlers]
        keys = console
        [formatters]
        keys = plain
        [logger_root]
        level = WARNING
        handlers = console
        [handler_console]
        class = StreamHandler
        args = (sys.stderr,)
        level = NOTSET
        formatter = plain
        [formatter_plain]
        format = %(levelname)s %(name)s %(message)s
        """
}
