// Spec: 16-command-line. `lake describe`: one page about a table.
import HudiModel
import Lake
import LakeBase
import LakeColumns
import LakeStorage

extension CommandList {
  static let describe = CommandSpec(
    "describe", "one page about a table",
    examples: [
      ("lake describe orders", "type, keys, schema, sizes, storage"),
      ("lake describe orders --json", "the same for a program"),
    ],
    operands: "TABLE", count: 1...1, exits: [7, 8, 12], seeAlso: ["log", "files"],
    run: { (session, arguments) throws(LakeError) in
      try DescribeCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake describe`.
struct DescribeCommand {
  let session: Session
  let arguments: Arguments

  static func spelled(_ type: TableType) -> String {
    type == .copyOnWrite ? "copy-on-write" : "merge-on-read"
  }

  static func spelled(_ mode: MergeMode) -> String {
    switch mode {
    case .eventTime: "event time"
    case .commitTime: "commit time"
    case .custom: "custom"
    }
  }

  func run() throws(LakeError) -> Int32 {
    let name = arguments.operands[0]
    let table = try session.openTable(name)
    let found = try table.describe()
    let output = session.output
    var page = page(name, found)
    if output.isJSON {
      page.add("schema", schemaCell(found.schema))
      try output.object("table", page.fields)
      let summary: JSONFields = [
        ("table", .text(name)), ("commits", .int(found.commits)), ("rows", .int(found.rows)),
        ("bytes", .int(found.bytes)),
      ]
      try output.object("summary", summary)
      return 0
    }
    guard output.format == .table else {
      page.add("schema", .text(schemaText(found.schema)))
      try output.lines(page.tabbed)
      return 0
    }
    try output.line(output.strong(HumanText.safe(name)))
    try output.lines(page.shown)
    if let schema = found.schema {
      try output.line("")
      var listing = Listing("column", [.left("column"), .left("type"), .left("null")])
      listing.rows = schema.fields.map {
        [.text($0.name), .text($0.type.description), .text($0.nullable ? "" : "not null")]
      }
      try output.lines(listing.lines(.table, width: output.width.map { $0 - 2 }).map { "  " + $0 })
    }
    return 0
  }

  private func page(_ name: String, _ found: TableDescription) -> Page {
    let config = found.config
    var page = Page()
    page.add("name", .text(config.name))
    page.add("type", .text(Self.spelled(config.type)))
    page.add("version", .count(config.version.rawValue))
    page.add("key", config.recordKeyFields.isEmpty ? .text("none") : .list(config.recordKeyFields))
    page.add("partition", .list(config.partitionFields))
    let style = config.isHiveStyle ? "hive" : "plain"
    page.add(
      "partitionStyle", config.partitionFields.isEmpty ? .absent : .text(style), label: "style")
    page.add("order", .list(config.orderingFields))
    page.add("merge", .text(Self.spelled(config.mergeMode)))
    page.add("index", .text(config[TableConfig.Key.lakeIndex]))
    page.add("writers", .text(config[TableConfig.Key.lakeWriters]))
    page.add("metadataPartitions", .list(config.metadataPartitions), label: "metadata")
    page.pause()
    page.add("commits", .count(found.commits))
    page.add("firstCommit", instantCell(found.firstCommit, config), label: "first")
    page.add("lastCommit", instantCell(found.lastCommit, config), label: "newest")
    page.add(
      "pending", found.pending.isEmpty ? .absent : .list(found.pending.map(\.description)))
    page.add("rows", .count(found.rows))
    page.add("partitions", .count(found.partitions))
    page.add("files", .count(found.files))
    page.add("bytes", .bytes(found.bytes), label: "size")
    if let storage = found.storage {
      page.pause()
      page.add("storageClass", .text(Self.spelled(storage.storageClass)), label: "storage")
      page.add("fileSystem", .text(storage.fileSystem), label: "file system")
      page.add("mountPoint", .text(storage.mountPoint), label: "mount")
      page.add("evidence", .list(storage.evidence))
      page.add("advice", .list(storage.advice))
    }
    return page
  }

  private static func spelled(_ found: StorageClass) -> String {
    switch found {
    case .local: "L (local disk)"
    case .shared: "S (shared by hosts)"
    case .object: "O (object store mount)"
    case .writeBack: "V (acknowledged writes may be lost)"
    }
  }

  private func instantCell(_ instant: Instant?, _ config: TableConfig) -> Cell {
    guard let instant else { return .absent }
    let text = instant.requested.text
    guard config.isUTC, let time = instant.requested.civilMilliseconds else { return .text(text) }
    return Cell(
      shown: "\(text)  \(CivilTime.text(time, session.zone))", plain: text, json: .text(text))
  }

  private func schemaText(_ schema: Schema?) -> String {
    (schema?.fields ?? []).map { "\($0.name) \($0.type)\($0.nullable ? "" : " not null")" }
      .joined(separator: ", ")
  }

  private func schemaCell(_ schema: Schema?) -> Cell {
    guard let schema else { return .absent }
    let fields = schema.fields.map { field in
      JSONValue.object([
        ("name", .text(field.name)), ("type", .text(field.type.description)),
        ("nullable", .bool(field.nullable)),
      ])
    }
    return Cell(shown: "", plain: "", json: .array(fields))
  }
}
