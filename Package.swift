// swift-tools-version: 6.2
import PackageDescription

/// What every target of our own is compiled with: warnings are errors here, never in dependencies.
let house: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let orderedCollections: Target.Dependency = .product(name: "OrderedCollections", package: "swift-collections")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")

/// What a release builds to be small and not fast: code that no step of an agent runs through, and ApeCore, which costs a
/// step 1.7 % more instructions so.
let small: [SwiftSetting] = [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// A library of the house, with its arrows.
func library(
    _ name: String,
    _ dependencies: [Target.Dependency],
    resources: [Resource]? = nil,
    settings: [SwiftSetting] = []
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: house + settings)
}

/// A program: `@main` and argument parsing only.
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

/// The tests of one library.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: [.target(name: name)] + dependencies,
        resources: resources,
        swiftSettings: house
    )
}

/// What lies beside the fuzz targets and is none of their code.
let fuzzFiles = ["run.sh", "codec.dict", "stream.dict", "scenario.dict"]

/// What fuzzes the readers of strangers' bytes: a program of libFuzzer's where `APE_FUZZ` asks for it
/// (Tests/Fuzz/run.sh), and else the tests that replay its corpus.
let fuzz: Target =
    Context.environment["APE_FUZZ"] == nil
    ? .testTarget(
        name: "FuzzTests",
        dependencies: [
            "ApeCore", "ApeMetrics", "ApeWire", "ApeFleet", "ApeRun", "ApeReport", "ApeTransfer", "ApeInference",
            "ApeAgent", "ApeScenario", "ApeStore", "ApeTestKit", "ApeWorker",
        ],
        path: "Tests/Fuzz",
        exclude: fuzzFiles + ["FuzzProgram.swift"],
        resources: [.copy("Corpus")],
        swiftSettings: house
    )
    : .executableTarget(
        name: "ape-fuzz",
        dependencies: [
            "ApeCore", "ApeMetrics", "ApeWire", "ApeFleet", "ApeRun", "ApeReport", "ApeTransfer", "ApeInference",
            "ApeAgent", "ApeScenario", "ApeStore", "ApeTestKit", "ApeWorker",
        ],
        path: "Tests/Fuzz",
        exclude: fuzzFiles + ["CorpusTests.swift", "ExtremeRunTests.swift", "Corpus"],
        swiftSettings: house + [.unsafeFlags(["-parse-as-library"])]
    )

let package = Package(
    name: "ape",
    products: [
        .executable(name: "ape-worker", targets: ["ape-worker"]),
        .executable(name: "ape-test", targets: ["ape-test"]),
        // What Benchmarks, a package of its own, measures.
        .library(
            name: "ApeParts",
            targets: ["ApeCore", "ApeMetrics", "ApeWire", "ApeFleet", "ApeRun", "ApeTransfer", "ApeAgent"]
        ),
    ],
    // By exact version, so that an old tag builds as it did then; Dependabot proposes the next ones. Without the traits
    // that take in Foundation, of which each program would carry a copy, with all languages that its ICU knows.
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CLinux"),
        library("ApeCore", [orderedCollections], settings: small),
        library("ApeMetrics", ["ApeCore"]),
        library("ApeWire", ["ApeCore", "ApeMetrics"], settings: small),
        library("ApeFleet", ["ApeCore", "ApeMetrics", "ApeWire", deque], settings: small),
        library("ApeRun", ["ApeCore", "ApeMetrics", "ApeWire", "ApeFleet"]),
        library("ApeAnalysis", ["ApeCore", "ApeMetrics", "ApeRun"]),
        library("ApeReport", ["ApeCore", "ApeMetrics", "ApeFleet", "ApeRun", "ApeAnalysis", arguments]),
        library("ApeChannel", ["ApeCore", "COpenSSL", nioCore, nioPosix, logging], settings: small),
        library("ApeTransfer", ["CCurl"]),
        library("ApeInference", ["ApeCore", "ApeMetrics", "ApeTransfer"]),
        library("ApeAgent", ["ApeCore", "ApeMetrics", "ApeTransfer", "ApeInference"]),
        library("ApeStore", ["ApeCore", "ApeMetrics", "ApeFleet", "ApeRun", "CSQLite"]),
        library(
            "ApeHTTP",
            [
                "ApeCore", "ApeMetrics", httpTypes, hummingbirdCore, nioCore, nioPosix, lifecycle, logging, arguments,
            ],
            settings: small
        ),
        library(
            "ApeProgram",
            ["ApeCore", "ApeMetrics", "CLinux", nioCore, nioPosix, lifecycle, signals, logging, arguments],
            settings: small
        ),
        library("ApeScenario", ["ApeCore", "ApeMetrics", "ApeProgram", "CYAML"]),
        library("ApeSite", ["ApeCore", "ApeRun", "ApeReport", "ApeStore", "ApeHTTP", "ApeProgram"]),
        library(
            "ApeWorker",
            [
                "ApeCore", "ApeMetrics", "ApeWire", "ApeFleet", "ApeChannel", "ApeTransfer", "ApeInference",
                "ApeAgent", "ApeProgram",
                "ApeHTTP", lifecycle, logging,
            ],
            settings: small
        ),
        library(
            "ApeCoordinator",
            [
                "ApeCore", "ApeMetrics", "ApeWire", "ApeFleet", "ApeRun", "ApeReport", "ApeChannel", "ApeTransfer",
                "ApeStore", "ApeHTTP", "ApeProgram", "ApeSite", lifecycle, logging,
            ]
        ),
        library(
            "ApeCoordinatorCLI",
            [
                "ApeCore", "ApeChannel", "ApeCoordinator", "ApeHTTP", "ApeProgram", "ApeReport", "ApeScenario",
                lifecycle,
                signals, logging, arguments,
            ]
        ),
        library(
            "ApeDemo",
            ["ApeCore", "ApeHTTP", "ApeProgram", nioCore, nioPosix, nioHTTP1, deque, heap, lifecycle, logging]
        ),
        library(
            "ApeCLI",
            [
                "ApeCore", "ApeMetrics", "ApeWire", "ApeRun", "ApeReport", "ApeChannel", "ApeTransfer", "ApeInference",
                "ApeAgent", "ApeStore", "ApeHTTP", "ApeProgram", "ApeScenario", "ApeSite", "ApeDemo", lifecycle,
                signals,
                logging, arguments, subprocess, systemPackage,
            ]
        ),
        library("ApeTestKit", ["ApeCore", "ApeMetrics", "ApeWire", "ApeFleet", "ApeRun"]),
        program("ape-worker", ["ApeCore", "ApeChannel", "ApeHTTP", "ApeWorker", "ApeProgram", logging, arguments]),
        program("ape-test", ["ApeCLI", "ApeCoordinatorCLI", "ApeProgram"]),
        program("ape-simulate", ["ApeTestKit", arguments]),
        .target(
            name: "TransportKit",
            dependencies: ["ApeCore", "ApeInference", "ApeTransfer"],
            path: "Tests/TransportKit",
            swiftSettings: house
        ),
        .target(
            name: "CPowerCut",
            dependencies: [],
            path: "Tests/CPowerCut",
            linkerSettings: [.linkedLibrary("sqlite3")]
        ),
        tests("ApeCore"),
        tests("ApeMetrics", ["ApeCore"]),
        tests("ApeRun", ["ApeCore", "ApeMetrics", "ApeFleet", "ApeTestKit"]),
        tests("ApeAnalysis", ["ApeCore", "ApeMetrics", "ApeRun", "ApeTestKit"]),
        tests("ApeWire", ["ApeCore", "ApeMetrics", "ApeTestKit"]),
        tests("ApeFleet", ["ApeCore", "ApeMetrics", "ApeWire", "ApeRun", "ApeTestKit"]),
        tests("ApeChannel", ["ApeCore", nioCore, nioEmbedded, logging]),
        tests("ApeTransfer", ["CCurl"]),
        tests(
            "ApeInference",
            ["ApeCore", "ApeMetrics", "ApeTransfer", "TransportKit"],
            resources: [.copy("Fixtures")]
        ),
        tests("ApeAgent", ["ApeCore", "ApeMetrics", "ApeTransfer", "ApeInference", "ApeScenario", "TransportKit"]),
        tests("ApeWorker", ["ApeCore", "ApeMetrics", "ApeProgram", "ApeScenario", "ApeTransfer", "ApeWire"]),
        tests("ApeProgram", ["ApeCore", "ApeScenario", logging, arguments]),
        tests("ApeScenario", ["ApeCore"]),
        tests(
            "ApeStore",
            ["ApeCore", "ApeMetrics", "ApeWire", "ApeFleet", "ApeRun", "CPowerCut", "CSQLite"],
            resources: [.copy("Fixtures")]
        ),
        tests("ApeReport", ["ApeCore", "ApeMetrics", "ApeFleet", "ApeRun", "ApeAnalysis", "ApeProgram", arguments]),
        tests(
            "ApeCoordinator",
            [
                "ApeCore", "ApeMetrics", "ApeWire", "ApeFleet", "ApeRun", "ApeReport", "ApeChannel", "ApeTransfer",
                "ApeHTTP", "ApeSite", "ApeTestKit", logging,
            ]
        ),
        tests("ApeHTTP", ["ApeCore", "ApeMetrics", nioCore, nioPosix, nioEmbedded, lifecycle, logging, arguments]),
        tests("ApeSite", ["ApeCore", "ApeHTTP", "ApeRun", "ApeStore"]),
        tests(
            "ApeDemo",
            ["ApeCore", "ApeHTTP", "ApeScenario", nioCore, nioEmbedded, nioPosix, nioHTTP1, lifecycle, logging]
        ),
        tests(
            "ApeCLI",
            [
                "ApeAgent", "ApeChannel", "ApeCore", "ApeInference", "ApeReport", "ApeRun", "ApeProgram", "ApeScenario",
                "ApeSite", "ApeStore", "ApeTransfer", "ApeWire", logging, arguments,
            ]
        ),
        fuzz,
        .testTarget(
            name: "IntegrationTests",
            dependencies: ["ApeCore", "ApeHTTP", subprocess],
            swiftSettings: house
        ),
    ],
    swiftLanguageModes: [.v6]
)
