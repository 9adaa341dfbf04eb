// swift-tools-version: 6.2
// The house on one screen: one row a module, from the ground up. A module may import what its row
// names and what lies below that; TidyTests holds every import against this table.
import PackageDescription

/// Modules that touch raw memory by design.
let open: [SwiftSetting] = [.treatAllWarnings(as: .error)]
/// Modules that must not: an unmarked unsafe expression does not compile.
let safe: [SwiftSetting] = [.strictMemorySafety(), .treatAllWarnings(as: .error)]

func room(_ name: String, _ below: [String] = [], _ settings: [SwiftSetting]) -> Target {
  .target(name: name, dependencies: below.map { .init(stringLiteral: $0) }, swiftSettings: settings)
}

func suite(_ name: String, _ below: [String]) -> Target {
  .testTarget(name: name, dependencies: (below + ["LakeTestKit"]).map { .init(stringLiteral: $0) })
}

let package = Package(
  name: "lake",
  products: [
    .executable(name: "lake", targets: ["LakeCLI"]),
    .library(name: "Lake", targets: ["Lake"]),
    .library(name: "LakeRooms", targets: [
      "LakeBase", "LakeColumns", "LakeStorage", "LakeCodecs", "LakeParquet", "LakeAvro",
      "LakeHFile", "LakeText", "HudiModel", "HudiTimeline", "HudiFileGroup", "HudiMetadata",
      "HudiScan", "HudiWrite", "HudiServices", "Lake",
    ]),
  ],
  targets: [
    // Module maps, headers only.
    .systemLibrary(name: "CIntrinsics"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

    // Bytes, columns, files and formats: these rooms have never heard of Hudi.
    room("LakeBase", ["CIntrinsics", "CZlib"], open),
    room("LakeColumns", ["LakeBase", "CIntrinsics"], open),
    room("LakeStorage", ["LakeBase", "CIntrinsics"], open),
    room("LakeCodecs", ["LakeBase", "CZlib", "CZstd"], open),
    room("LakeParquet", ["LakeColumns", "LakeCodecs"], open),
    room("LakeAvro", ["LakeColumns", "LakeCodecs"], open),
    room("LakeHFile", ["LakeCodecs"], open),
    room("LakeText", ["LakeColumns", "LakeCodecs"], open),

    // Tables.
    room("HudiModel", ["LakeAvro"], safe),
    room("HudiTimeline", ["HudiModel", "LakeParquet", "LakeStorage"], safe),
    room("HudiFileGroup", ["HudiModel", "LakeParquet", "LakeHFile", "LakeStorage"], safe),
    room("HudiMetadata", ["HudiTimeline", "HudiFileGroup"], safe),
    room("HudiScan", ["HudiMetadata"], safe),
    room("HudiWrite", ["HudiScan"], safe),
    room("HudiServices", ["HudiWrite"], safe),

    // Faces.
    room("Lake", ["HudiServices", "LakeText"], safe),
    .executableTarget(name: "LakeCLI", dependencies: ["Lake"], swiftSettings: safe),

    // Tests.
    .target(
      name: "LakeTestKit", dependencies: ["LakeStorage", "LakeColumns", "LakeCodecs"],
      path: "Tests/LakeTestKit"),
    .target(
      name: "TableTestKit", dependencies: ["Lake", "LakeTestKit"], path: "Tests/TableTestKit"),
    suite("LakeBaseTests", ["LakeBase"]),
    suite("LakeColumnsTests", ["LakeColumns"]),
    suite("LakeStorageTests", ["LakeStorage"]),
    suite("LakeCodecsTests", ["LakeCodecs"]),
    suite("LakeParquetTests", ["LakeParquet"]),
    suite("LakeAvroTests", ["LakeAvro"]),
    suite("LakeHFileTests", ["LakeHFile"]),
    suite("LakeTextTests", ["LakeText"]),
    suite("HudiModelTests", ["HudiModel"]),
    suite("HudiTimelineTests", ["HudiTimeline"]),
    suite("HudiFileGroupTests", ["HudiFileGroup"]),
    suite("HudiMetadataTests", ["HudiMetadata"]),
    suite("HudiScanTests", ["Lake", "TableTestKit"]),
    suite("HudiWriteTests", ["Lake", "TableTestKit"]),
    suite("HudiServicesTests", ["Lake", "TableTestKit"]),
    suite("LakeTests", ["Lake", "TableTestKit"]),
    suite("LakeCLITests", ["LakeCLI"]),
    suite("TidyTests", ["LakeBase"]),
    suite("SimulationTests", ["Lake", "TableTestKit"]),
    suite("FixtureTests", ["Lake", "TableTestKit"]),
  ]
)
