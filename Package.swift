// swift-tools-version: 6.2
import PackageDescription

/// CI sets this: warnings are errors there, and only warnings for someone whose compiler is newer than ours.
let strict = Context.environment["BURND_STRICT"] == "1"

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: settings)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

/// C libraries and the shims for what Swift cannot call of them.
let shims: [Target] = [
    .target(name: "CLinuxSG"),
    .target(name: "CPOSIX"),
    .target(name: "CSectorCoding"),
    .target(name: "CMicroHTTPD", linkerSettings: [.linkedLibrary("microhttpd")]),
    .target(name: "CSystemd", linkerSettings: [.linkedLibrary("systemd")]),
    .systemLibrary(name: "CFFmpeg", pkgConfig: "libavformat libavcodec libswresample libavutil"),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp"),
    .systemLibrary(name: "CUdev", pkgConfig: "libudev"),
]

/// Values: no C library, no file, no socket.
let values: [Target] = [
    library("BinaryCoding"),
    library("DiscLayout", ["BinaryCoding"]),
    library("SectorCoding", ["BinaryCoding", "DiscLayout", "CSectorCoding"]),
    library("RawRecording", ["BinaryCoding", "DiscLayout", "SectorCoding"]),
    library("SCSI", ["BinaryCoding"]),
    library("MMC", ["BinaryCoding", "DiscLayout", "SCSI"]),
    library("BurnPlan", ["DiscLayout"]),
    library("RecorderQuirks"),
    library("DiscComposition", ["BurnPlan", "CDText", "DiscLayout", "RawRecording", "SectorCoding"]),
    library("JobQueue", ["BurnPlan", "DiscLayout"]),
    library("DecodeContract"),
]

/// What touches the machine.
let edges: [Target] = [
    library("POSIX", ["CPOSIX"]),
    library("HTTPCore", ["POSIX", "CPOSIX"]),
    library("SCSITransports", ["BinaryCoding", "SCSI", "POSIX", "CLinuxSG"]),
    library("USBMassStorage", ["BinaryCoding", "SCSI", "POSIX"]),
    library("MicroHTTPD", ["HTTPCore", "POSIX", "CMicroHTTPD"]),
    library("Systemd", ["POSIX", "CSystemd"]),
    library("AudioDecoding", ["CFFmpeg", "DecodeContract"]),
    library("Spool", ["POSIX", "CCrypto", "DecodeContract"]),
    library("JobStore", ["BurnPlan", "JobQueue", grdb]),
]

/// What burnd does, made of the above.
let services: [Target] = [
    library(
        "BurnEngine",
        [
            "BinaryCoding", "DiscLayout", "BurnPlan", "CDText", "SCSI", "MMC", "POSIX", "RawRecording",
            "RecorderQuirks", "SectorCoding",
        ]),
    library("VirtualRecorder", ["BinaryCoding", "DiscLayout", "SectorCoding", "SCSI", "POSIX"]),
    library("CDText", ["DiscLayout", "SectorCoding", "POSIX"]),
    library(
        "Drives",
        ["BinaryCoding", "DiscLayout", "SCSI", "MMC", "SCSITransports", "POSIX", "RecorderQuirks", "CUdev"]),
    library(
        "BurnJobs",
        [
            "DiscLayout", "BurnPlan", "DiscComposition", "RawRecording", "JobQueue", "Drives", "Spool", "POSIX",
            logging,
        ]),
    library(
        "BurnAPI",
        [
            "BinaryCoding", "BurnJobs", "BurnPlan", "CDText", "DiscComposition", "DiscLayout", "Drives", "HTTPCore",
            "JobQueue", "MMC", "POSIX", "RawRecording", "RecorderQuirks", "SectorCoding", "Spool",
        ]),
    library("MachineReport", ["CPOSIX", "DiscLayout", "Drives", "POSIX", "RecorderQuirks"]),
]

let programs: [Target] = [
    .executableTarget(
        name: "burnd",
        dependencies: [
            "BurnEngine", "VirtualRecorder", "Drives", "BurnJobs", "BurnAPI", "BurnPlan", "JobQueue", "JobStore",
            "Spool",
            "HTTPCore", "MachineReport", "MicroHTTPD", "SCSITransports", "SCSI", "DiscLayout", "POSIX", "Systemd",
            "USBMassStorage",
            argumentParser,
            logging,
        ],
        swiftSettings: settings),
    .executableTarget(
        name: "burnd-decode", dependencies: ["AudioDecoding", "DecodeContract", "CSeccomp"],
        swiftSettings: settings),
]

let testTargets: [Target] = [
    .target(name: "TestSupport", dependencies: ["SCSI", "POSIX"], path: "Tests/TestSupport", swiftSettings: settings),
    .target(
        name: "StationSupport",
        dependencies: [
            "BurnAPI", "BurnJobs", "BurnPlan", "DiscComposition", "Drives", "JobQueue", "JobStore", "POSIX", "SCSI",
            "SCSITransports", "TestSupport", logging,
        ], path: "Tests/StationSupport", swiftSettings: settings),
    .target(
        name: "ServerSupport", dependencies: ["POSIX", "TestSupport"], path: "Tests/ServerSupport",
        exclude: ["logind.py"], swiftSettings: settings),
    .testTarget(
        name: "EndToEnd", dependencies: ["ServerSupport", "POSIX", "SCSI", "SCSITransports", "TestSupport"],
        path: "Tests/EndToEnd", exclude: ["conformance", "page"], swiftSettings: settings),
    tests("Contract", ["ServerSupport", "POSIX"]),
    .testTarget(
        name: "Crash", dependencies: ["ServerSupport", "POSIX", "TestSupport"], path: "Tests/Crash",
        swiftSettings: settings),
    .testTarget(
        name: "Kernel", dependencies: ["Drives", "ServerSupport", "POSIX", "SCSI", "SCSITransports", "TestSupport"],
        path: "Tests/Kernel", exclude: ["rig"], swiftSettings: settings),
    tests("BinaryCodingTests", ["BinaryCoding"]),
    tests("DiscLayoutTests", ["DiscLayout"]),
    tests("SCSITests", ["SCSI", "BinaryCoding"]),
    tests("POSIXTests", ["POSIX"]),
    tests("HTTPCoreTests", ["HTTPCore", "POSIX"]),
    tests("MicroHTTPDTests", ["MicroHTTPD", "HTTPCore", "POSIX"]),
    tests("BurnPlanTests", ["BurnPlan", "DiscLayout"]),
    tests(
        "DiscCompositionTests",
        ["DiscComposition", "BurnPlan", "CDText", "DiscLayout", "RawRecording", "SectorCoding"]),
    tests("RecorderQuirksTests", ["RecorderQuirks"]),
    tests("MMCTests", ["MMC", "SCSI", "BinaryCoding", "DiscLayout"]),
    tests(
        "VirtualRecorderTests",
        ["VirtualRecorder", "BinaryCoding", "DiscLayout", "SectorCoding", "SCSI", "SCSITransports", "POSIX"]),
    tests("CDTextTests", ["CDText", "DiscLayout", "SectorCoding"]),
    tests("SectorCodingTests", ["SectorCoding", "CSectorCoding", "DiscLayout", "CCrypto"]),
    tests("RawRecordingTests", ["RawRecording", "BinaryCoding", "CCrypto", "DiscLayout", "SectorCoding"]),
    .testTarget(
        name: "Peers",
        dependencies: [
            "BurnPlan", "CDText", "DiscLayout", "MMC", "POSIX", "RawRecording", "SCSI", "SCSITransports",
            "SectorCoding", "ServerSupport", "TestSupport",
        ],
        path: "Tests/Peers", exclude: ["sgshim"], swiftSettings: settings),
    tests(
        "BurnEngineTests",
        [
            "BurnEngine", "BurnPlan", "DiscLayout", "MMC", "POSIX", "RawRecording", "RecorderQuirks", "SCSI",
            "SCSITransports", "SectorCoding", "VirtualRecorder",
        ]),
    tests("SCSITransportsTests", ["SCSITransports", "SCSI", "POSIX", "CLinuxSG"]),
    tests("USBMassStorageTests", ["USBMassStorage", "BinaryCoding", "POSIX", "SCSI"]),
    tests("JobQueueTests", ["JobQueue", "BurnPlan", "DiscLayout"]),
    tests(
        "DrivesTests",
        [
            "StationSupport", "DiscLayout", "Drives", "POSIX", "RecorderQuirks", "SCSI", "SCSITransports",
            "VirtualRecorder",
        ]),
    tests(
        "BurnAPITests",
        [
            "StationSupport", "BurnAPI", "BurnJobs", "BurnPlan", "Drives", "HTTPCore", "JobQueue", "JobStore", "Spool",
            "POSIX", "SCSI", "SCSITransports", "VirtualRecorder",
        ]),
    tests(
        "BurnJobsTests",
        [
            "DiscComposition", "DiscLayout", "RawRecording", "SectorCoding", "StationSupport", "BurnJobs", "BurnPlan",
            "Drives", "JobQueue", "JobStore", "POSIX", "Spool",
        ]),
    tests("AudioDecodingTests", ["DecodeContract", "POSIX"]),
    tests("SpoolTests", ["Spool", "POSIX"]),
    tests("MachineReportTests", ["MachineReport", "DiscLayout", "Drives", "POSIX"]),
    tests("SystemdTests", ["Systemd", "POSIX"]),
    tests("JobStoreTests", ["JobStore", "JobQueue", "BurnPlan", grdb]),
]

/// libFuzzer's targets. They link with a library that only Tests/Fuzz/run names, so they are there only when it asks.
let fuzzTargets: [Target] =
    Context.environment["BURND_FUZZ"] != "1"
    ? []
    : [
        .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CLibFuzzer", "BinaryCoding", "BurnPlan", "CDText", "DiscComposition", "DiscLayout", "POSIX",
                "RawRecording", "SCSI", "SCSITransports", "SectorCoding", "VirtualRecorder",
            ],
            path: "Tests/Fuzz", exclude: ["CLibFuzzer", "Corpus", "run"], swiftSettings: settings),
    ]

/// The benchmarks, which only script/bench asks for.
let benchTargets: [Target] =
    Context.environment["BURND_BENCH"] != "1"
    ? []
    : [
        .executableTarget(
            name: "Bench",
            dependencies: [
                "BinaryCoding", "BurnPlan", "DiscLayout", "POSIX", "SCSI", "SCSITransports", "SectorCoding",
                argumentParser,
            ],
            path: "Tests/Bench", swiftSettings: settings)
    ]

/// `BURND_TESTS=MMCTests,SCSITests` builds those alone, for someone who works on one part: the others take most of the time
/// of a build.
let wantedTests = Context.environment["BURND_TESTS"]?.split(separator: ",").map(String.init)
let chosenTests = testTargets.filter { target in
    target.type != .test || wantedTests.map { $0.contains(target.name) } ?? true
}

let package = Package(
    name: "burnd",
    products: [
        .executable(name: "burnd", targets: ["burnd"]),
        .executable(name: "burnd-decode", targets: ["burnd-decode"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: shims + values + edges + services + programs + chosenTests + fuzzTargets + benchTargets
)
