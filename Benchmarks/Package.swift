// swift-tools-version: 6.2
import PackageDescription

/// As in the package that is measured: warnings are errors.
let house: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// What is measured is `package`, and seen by modules of the same package name alone. SwiftPM makes that name of the folder
/// that holds the package, so it is made here in the same way.
let measured: String = {
    let folder = Context.packageDirectory.split(separator: "/").dropLast().last ?? ""
    let identity = folder.hasSuffix(".git") ? folder.dropLast(4) : folder
    let name = identity.lowercased().map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" }
    return String(name.first?.isNumber == true ? "_" + name.dropFirst() : name[...])
}()

let parts: Target.Dependency = .product(name: "ApeParts", package: "ape")

let package = Package(
    name: "ape-benchmarks",
    dependencies: [.package(name: "ape", path: "..")],
    targets: [
        .executableTarget(
            name: "ape-bench",
            dependencies: [parts],
            path: "Sources",
            packageAccess: false,
            swiftSettings: house + [.unsafeFlags(["-package-name", measured])]
        )
    ],
    swiftLanguageModes: [.v6]
)
