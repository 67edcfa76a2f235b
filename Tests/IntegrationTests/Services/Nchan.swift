import Foundation

/// nginx with Nchan, which hands messages on as server-sent events, set up as `docs/examples/nchan.yml` says.
struct Nchan {
    let url: String

    private let log: String

    private static let nginx = "/usr/sbin/nginx"
    private static let module = "/usr/lib/nginx/modules/ngx_nchan_module.so"

    static var isInstalled: Bool { [nginx, module].allSatisfy(FileManager.default.fileExists(atPath:)) }

    /// Runs `body` beside a server of its own.
    static func with<Value: Sendable>(
        in scratch: Scratch,
        _ body: (Nchan) async throws -> Value
    ) async throws -> Value {
        let port = try FreePort.pick()
        let directory = try scratch.directory("nchan")
        let file = try scratch.write("nchan/nginx.conf", configuration(port: port))
        let start = Invocation(nginx, ["-p", directory, "-c", file, "-e", "stderr"])
        let url = "http://127.0.0.1:\(port)"
        return try await ProcessHarness.with(start, in: scratch) { server in
            _ = try await server.wait(for: "its first answer") {
                let curl = Invocation("curl", ["--silent", "--max-time", "5", url + "/ready"])
                return try await ProcessHarness.run(curl, in: scratch).exitCode == 0 ? true : nil
            }
            return try await body(Nchan(url: url, log: "\(directory)/access.log"))
        }
    }

    /// How many requests the server has logged that begin with `start`, such as `GET /events/`.
    func loggedRequests(_ start: String) -> Int {
        (textOfFile(log) ?? "").split(separator: "\n").count { $0.hasPrefix(start) }
    }

    private static func configuration(port: Int) -> String {
        let scratchFiles = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \($0);" }.joined(separator: " ")
        return #"""
            load_module \#(module);
            daemon off;
            pid nginx.pid;
            events {}
            http {
                \#(scratchFiles)
                log_format requests "$request_method $uri";
                server {
                    listen 127.0.0.1:\#(port);
                    access_log access.log requests;
                    location = /ready { access_log off; return 204; }
                    location ~ ^/publish/([\w-]+)$ { nchan_publisher; nchan_channel_id $1; }
                    location ~ ^/events/([\w-]+)$ { nchan_subscriber eventsource; nchan_channel_id $1; }
                }
            }
            """#
    }
}
