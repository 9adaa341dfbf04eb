// Spec: 16-command-line. `lake slices`: file groups with their base and log files.
import HudiModel
import HudiScan
import Lake
import LakeBase

extension CommandList {
  static let slices = CommandSpec(
    "slices", "the file groups of a version: base file and logs",
    examples: [
      ("lake slices orders", "what a snapshot reads, group by group"),
      (
        "lake slices orders --file-group 5f1c --json",
        "the groups whose id begins so, log names too"
      ),
    ],
    operands: "TABLE[@V]", count: 1...1,
    options: [
      .value("as-of", "V", "the version, in place of @V"),
      .value("file-group", "ID", "only groups whose id begins with this"),
      .value("partition", "P", "only this partition"),
    ],
    exits: [7, 8, 11, 12], seeAlso: ["files", "partitions", "inspect"],
    run: { (session, arguments) throws(LakeError) in
      try SlicesCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake slices`.
struct SlicesCommand {
  let session: Session
  let arguments: Arguments

  func run() throws(LakeError) -> Int32 {
    let address = try TableAddress(
      arguments.operands[0], session, asOf: arguments.value("as-of"))
    let snapshot = try address.snapshot()
    let wanted = arguments.value("file-group") ?? ""
    var columns: [Listing.Column] = [
      .left("partition"), .left("group"), .left("instant"), .left("base"), .right("baseBytes"),
      .right("logs"), .right("logBytes"), .right("rows"),
    ]
    if session.output.isJSON { columns.append(.left("logFiles")) }
    var listing = Listing("slice", columns)
    var logs = 0
    var bytes = 0
    for slice in try slices(snapshot) {
      try session.world.cancellation.check()
      if !wanted.isEmpty && !slice.fileID.text.hasPrefix(wanted) { continue }
      logs += slice.logs.count
      bytes += slice.size
      var cells: [Cell] = [
        .text(slice.partition.text), .text(slice.fileID.text), .text(slice.baseInstant.text),
        .text(slice.base?.name.text), slice.base?.size.map { .bytes($0) } ?? .absent,
        .count(slice.logs.count), .bytes(slice.size - (slice.base?.size ?? 0)),
        .count(try snapshot.recordedRows(of: slice)),
      ]
      if session.output.isJSON { cells.append(.list(slice.logs.map(\.name.text))) }
      listing.rows.append(cells)
    }
    let summary: JSONFields = [
      ("table", .text(address.name)), ("slices", .int(listing.rows.count)), ("logs", .int(logs)),
      ("bytes", .int(bytes)),
    ]
    try session.output.listing(listing, summary: summary)
    return 0
  }

  private func slices(_ snapshot: Snapshot) throws(LakeError) -> [FileSlice] {
    guard let partition = arguments.value("partition") else { return try snapshot.slices() }
    return try snapshot.slices(in: [try PartitionPath(partition)])
  }
}
