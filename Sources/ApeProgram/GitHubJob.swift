import ApeCore
import Glibc

/// The GitHub Actions job that a program is a step of.
package enum GitHubJob {
    /// Whether there is one.
    package static var isHere: Bool { variable("GITHUB_ACTIONS") == "true" }

    /// The places with the file as the job knows it: from the root of the repository that it has checked out. A file that
    /// lies elsewhere keeps its path.
    package static func known(_ places: ScenarioPlaces) -> ScenarioPlaces {
        guard let root = variable("GITHUB_WORKSPACE"), let directory = realPath(root),
            let file = realPath(places.file), file.hasPrefix(directory + "/")
        else { return places }
        var places = places
        places.file = String(file.dropFirst(directory.count + 1))
        return places
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
