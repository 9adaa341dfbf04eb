// Spec: 16-command-line. `lake partitions`: the partitions of a version of a table.
import HudiModel
import Lake
import LakeBase

extension CommandList {
  static let partitions = CommandSpec(
    "partitions", "the partitions of a version of a table",
    examples: [
      ("lake partitions orders", "paths, file groups, files, sizes, rows"),
      ("lake partitions orders@-7d --format csv", "as they were a week ago"),
    ],
    operands: "TABLE[@V]", count: 1...1,
    options: [.value("as-of", "V", "the version, in place of @V")],
    exits: [7, 8, 11, 12], seeAlso: ["slices", "files", "stats"],
    notes: [
      "Rows are what the commits recorded; they are left out where log files change the count or "
        + "the commit is archived: lake count reads them."
    ],
    run: { (session, arguments) throws(LakeError) in
      let address = try TableAddress(
        arguments.operands[0], session, asOf: arguments.value("as-of"))
      let found = try address.table.partitions(asOf: address.version)
      var listing = Listing(
        "partition",
        [
          .left("partition"), .right("groups"), .right("baseFiles"), .right("logFiles"),
          .right("bytes"), .right("logBytes"), .right("rows"),
        ])
      for partition in found {
        listing.rows.append([
          .text(partition.path.text), .count(partition.groups), .count(partition.baseFiles),
          .count(partition.logFiles), .bytes(partition.bytes), .bytes(partition.logBytes),
          .count(partition.rows),
        ])
      }
      let summary: JSONFields = [
        ("table", .text(address.name)), ("partitions", .int(found.count)),
        ("groups", .int(found.reduce(0) { $0 + $1.groups })),
        ("bytes", .int(found.reduce(0) { $0 + $1.bytes })),
      ]
      try session.output.listing(listing, summary: summary)
      return 0
    })
}
