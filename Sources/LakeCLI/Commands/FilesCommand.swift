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
    let snapshot = try address.snapshot()
    let slices = try snapshot.slices()
    // A person sees the kind only where it tells something.
    let hasKind = session.output.format != .table || slices.contains { !$0.logs.isEmpty }
    let kind: [Listing.Column] = hasKind ? [.left("kind")] : []
    var listing = Listing(
      "file",
      [.left("partition"), .left("file")] + kind + [
        .left("instant"), .right("rows"), .right("bytes"),
      ])
    var bytes = 0
    for slice in slices {
      try session.world.cancellation.check()
      bytes += slice.size
      if let base = slice.base {
        let rows = try snapshot.facts(of: base, in: slice.partition)?.stat.numWrites
        listing.rows.append(
          [.text(slice.partition.text), .text(base.name.text)] + (hasKind ? [.text("base")] : [])
            + [
              .text(base.name.instant.text), .count(rows.map { Int(clamping: $0) }),
              base.size.map { .bytes($0) } ?? .absent,
            ])
      }
      for log in slice.logs {
        listing.rows.append(
          [.text(slice.partition.text), .text(log.name.text)] + (hasKind ? [.text("log")] : []) + [
            .text(log.name.instant.text), .absent, log.size.map { .bytes($0) } ?? .absent,
          ])
      }
    }
    let summary: JSONFields = [
      ("table", .text(address.name)), ("files", .int(listing.rows.count)), ("bytes", .int(bytes)),
    ]
    try session.output.listing(listing, summary: summary)
    return 0
  }
}
