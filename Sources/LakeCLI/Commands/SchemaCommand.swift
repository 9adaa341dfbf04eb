// Spec: 16-command-line, 12b-schema. `lake schema`: the columns of a table, and how they changed.
import HudiModel
import HudiScan
import Lake
import LakeBase
import LakeColumns

extension CommandList {
  static let schema = CommandSpec(
    "schema", "the columns of a version of a table, and how they changed",
    examples: [
      ("lake schema orders", "names, types, nulls"),
      ("lake schema orders@^ --avro", "of the version before, as an Avro schema"),
      ("lake schema orders log", "every change of the columns, with its commit"),
      ("lake schema orders diff ^^ 20260301102002311", "what changed between two versions"),
    ],
    operands: "TABLE[@V] [log | diff A B]", count: 1...4,
    options: [
      .value("as-of", "V", "the version, in place of @V"),
      .flag("avro", "the Avro record, as commits carry it"),
    ],
    exits: [7, 8, 12], seeAlso: ["describe", "init", "log"],
    run: { (session, arguments) throws(LakeError) in
      try SchemaCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake schema`.
struct SchemaCommand {
  let session: Session
  let arguments: Arguments

  func run() throws(LakeError) -> Int32 {
    let words = arguments.operands
    let address = try TableAddress(words[0], session, asOf: arguments.value("as-of"))
    switch (words.dropFirst().first, words.count) {
    case (nil, _): return try show(address)
    case ("log", 2): return try log(address)
    case ("diff", 4): return try diff(address, words[2], words[3])
    default:
      throw LakeError(
        .usage, "\"lake schema\" takes TABLE, TABLE log, or TABLE diff A B",
        hint: "lake help schema")
    }
  }

  private func show(_ address: TableAddress) throws(LakeError) -> Int32 {
    let schema = try address.snapshot().requireSchema()
    if arguments.has("avro") {
      try session.output.line(schema.text)
      return 0
    }
    var listing = Listing("column", [.left("column"), .left("dataType"), .left("nullable")])
    listing.rows = schema.columns.fields.map {
      [.text($0.name), .text($0.type.description), .bool($0.nullable)]
    }
    let summary: JSONFields = [
      ("table", .text(address.name)), ("columns", .int(listing.rows.count)),
      ("avro", .text(schema.text)),
    ]
    try session.output.listing(listing, summary: summary)
    return 0
  }

  /// Newest first, one line a change; a version without a change is the first one.
  private func log(_ address: TableAddress) throws(LakeError) -> Int32 {
    let versions = try address.snapshot().schemaVersions()
    var listing = Listing("change", [.left("instant"), .left("column"), .left("change")])
    for version in versions.reversed() {
      let instant = Cell.text(version.instant?.requested.text ?? "created")
      if version.changes.isEmpty {
        let count = HumanText.plural(version.schema.columns.count, "column")
        listing.rows.append([instant, .absent, .text("first: \(count)")])
      }
      for change in version.changes {
        listing.rows.append([instant, .text(change.path), .text(change.text)])
      }
    }
    let summary: JSONFields = [
      ("table", .text(address.name)), ("versions", .int(versions.count)),
    ]
    try session.output.listing(listing, summary: summary)
    return 0
  }

  private func diff(
    _ address: TableAddress, _ left: String, _ right: String
  ) throws(LakeError) -> Int32 {
    let before = try version(address, left)
    let after = try version(address, right)
    var listing = Listing("change", [.left("column"), .left("change")])
    listing.rows = before.diff(to: after).changes.map { [.text($0.path), .text($0.text)] }
    if listing.rows.isEmpty && !session.output.isJSON {
      session.output.note("the columns are the same")
      return 0
    }
    let summary: JSONFields = [
      ("table", .text(address.name)), ("changes", .int(listing.rows.count)),
    ]
    try session.output.listing(listing, summary: summary)
    return 0
  }

  /// The schema as of a version.
  private func version(
    _ address: TableAddress, _ text: String
  ) throws(LakeError) -> SchemaVersion {
    let versions = try address.table.snapshot(asOf: try TableAddress.zoned(text, session))
      .schemaVersions()
    if let last = versions.last { return last }
    throw LakeError(.schemaMismatch, "the table had no schema at \"\(text)\"")
  }
}
