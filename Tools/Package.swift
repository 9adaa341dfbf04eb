// swift-tools-version: 6.2
// The workshop beside the house: a second package, so that the root stays clean. Build with
// `swift build --package-path Tools -c release`.
import PackageDescription

let rooms: [Target.Dependency] = [.product(name: "LakeRooms", package: "lake")]

let package = Package(
  name: "lake-tools",
  products: [
    .executable(name: "lake-samples", targets: ["Samples"]),
    .executable(name: "lake-bench", targets: ["Bench"]),
    .library(name: "lake-fuzz", type: .static, targets: ["Fuzz"]),
  ],
  dependencies: [.package(name: "lake", path: "..")],
  targets: [
    // Regenerates SampleLake.
    .executableTarget(name: "Samples", dependencies: rooms, path: "Samples"),
    // Named workloads, sums for the harness, medians as JSON lines.
    .executableTarget(name: "Bench", dependencies: rooms, path: "Bench", exclude: ["harness"]),
    // Fuzz targets; linked with libFuzzer by Fuzz/run.
    .target(name: "Fuzz", dependencies: rooms, path: "Fuzz", exclude: ["run"]),
  ]
)
