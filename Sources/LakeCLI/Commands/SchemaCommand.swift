// Spec: 16-command-line. `lake schema`: the columns of a version of a table.
import HudiScan
import Lake
import LakeBase
import LakeColumns

extension CommandList {
  static let schema = CommandSpec(
    "schema", "the columns of a version of a table",
    examples: [
      ("lake schema orders", "names, types, nulls"),
      ("lake schema orders@^ --avro", "of the version before, as an Avro schema"),
    ],
    operands: "TABLE[@V]", count: 1...1,
    options: [
      .value("as-of", "V", "the version, in place of @V"),
      .flag("avro", "the Avro record, as commits carry it"),
    ],
    exits: [7, 8, 12], seeAlso: ["describe", "init"],
    run: { (session, arguments) throws(LakeError) in
      try SchemaCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake schema`.
struct SchemaCommand {
  let session: Session
  let arguments: Arguments

  func run() throws(LakeError) -> Int32 {
    let address = try TableAddress(
      arguments.operands[0], session, asOf: arguments.value("as-of"))
    let schema = try address.snapshot().requireSchema()
    if arguments.has("avro") {
      try session.output.line(schema.text)
      return 0
    }
    let listing = Self.listing(schema.columns)
    let summary: JSONFields = [
      ("table", .text(address.name)), ("columns", .int(listing.rows.count)),
      ("avro", .text(schema.text)),
    ]
    try session.output.listing(listing, summary: summary)
    return 0
  }

  static func listing(_ schema: Schema) -> Listing {
    var listing = Listing("column", [.left("column"), .left("dataType"), .left("nullable")])
    listing.rows = schema.fields.map {
      [.text($0.name), .text($0.type.description), .bool($0.nullable)]
    }
    return listing
  }
}
