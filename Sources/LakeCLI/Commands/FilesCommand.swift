// Spec: 16-command-line. `lake files`: what a version of a table consists of.
import HudiModel
import HudiScan
import Lake
import LakeBase

extension CommandList {
  static let files = CommandSpec(
    "files", "the files of a version of a table",
    examples: [
      ("lake files orders", "the newest version"),
      ("lake files orders@^ --format csv", "the one before"),
    ],
    operands: "TABLE[@V]", count: 1...1,
    options: [.value("as-of", "V", "the version, in place of @V")],
    exits: [7, 8, 12], seeAlso: ["describe", "log"],
    run: { (session, arguments) throws(LakeError) in
      try FilesCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake files`.
struct FilesCommand {
  let session: Session
  let arguments: Arguments

  func run() throws(LakeError) -> Int32 {
    let address = try TableAddress(
      arguments.operands[0], session, asOf: arguments.value("as-of"))
    let snapshot: Snapshot
    if let version = address.version {
      snapshot = try address.table.snapshot(asOf: version)
    } else {
      snapshot = try address.table.snapshot()
    }
    var listing = Listing(
      "file",
      [.left("partition"), .left("file"), .left("instant"), .right("rows"), .right("bytes")])
    var bytes = 0
    for slice in try snapshot.slices() {
      try session.world.cancellation.check()
      guard let base = slice.base else { continue }
      let rows = try snapshot.facts(of: base, in: slice.partition)?.stat.numWrites
      bytes += slice.size
      listing.rows.append([
        .text(slice.partition.text), .text(base.name.text), .text(base.name.instant.text),
        .count(rows.map { Int(clamping: $0) }), .bytes(slice.size),
      ])
    }
    let summary: [(String, JSONValue)] = [
      ("table", .text(address.name)), ("files", .int(listing.rows.count)), ("bytes", .int(bytes)),
    ]
    try session.output.listing(listing, summary: summary)
    return 0
  }
}
