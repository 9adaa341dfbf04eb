// Spec: 16-command-line, 03-table-config. `lake init`: a new table.
import HudiModel
import HudiWrite
import Lake
import LakeBase
import LakeColumns

extension CommandList {
  static let initialise = CommandSpec(
    "init", "make a table",
    examples: [
      ("lake init orders --key id", "rows are known by id"),
      ("lake init trips --key id --partition day --order ts", "folders by day; the newest ts wins"),
      ("lake init events --key none", "append-only, keys are generated"),
    ],
    operands: "TABLE", count: 1...1,
    options: [
      .value("key", "C[,C]", repeats: true, "columns that name a row; none: append-only"),
      .value("partition", "C[,C]", repeats: true, "columns that make folders"),
      .value("order", "C[,C]", repeats: true, "columns that say which of two rows is newer"),
      .value("type", "T", choices: ["cow", "mor"], "cow: updates rewrite files (default)"),
      .value("version", "N", choices: ["6", "8", "9"], "version of the format; default 9"),
      .value(
        "merge", "MODE", choices: ["event", "commit"],
        "which row wins: event (default with --order) or commit"),
      .value(
        "index", "KIND", choices: IndexKind.allCases.map(\.rawValue),
        "how keys are found: simple (default), bloom, and their global- forms, where a key is "
          + "unique in the whole table and not only in its partition"),
      .value("columns", "LIST", group: "Schema", "as in 'id string not null, price decimal(12,2)'"),
      .value("schema", "F", group: "Schema", "the schema of an .avsc, .parquet or .avro file"),
      .value(
        "evolve", "P", choices: SchemaEvolution.allCases.map(\.rawValue), group: "Schema",
        "schema changes that commits may make; default none"),
      .value(
        "partition-style", "S", choices: ["hive", "plain"], group: "Files",
        "hive: folders day=1, values escaped (default); plain: neither"),
      .value(
        "bloom", "RATE", group: "Files", "false answers of the key filters, or off; default 0.001"),
    ],
    exits: [6, 7, 8, 13], seeAlso: ["commit", "describe"],
    notes: ["Without --columns or --schema the first commit decides the schema."],
    run: { (session, arguments) throws(LakeError) in
      try InitCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake init`.
struct InitCommand {
  let session: Session
  let arguments: Arguments

  func run() throws(LakeError) -> Int32 {
    let name = arguments.operands[0]
    let path = session.path(name)
    var options = try options()
    if options.name.isEmpty { options.name = Self.tableName(path) }
    let config: TableConfig
    if session.dryRun {
      config = try options.config()
      try refuseExisting(path)
    } else {
      config = try LakeTable.create(path, options, session.world).config
    }
    try report(name, config)
    return 0
  }

  private static func tableName(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." && $0 != ".." }
    return parts.last.map(String.init) ?? "table"
  }

  private func refuseExisting(_ path: String) throws(LakeError) {
    do throws(LakeError) {
      _ = try LakeTable.open(path, session.world)
    } catch {
      if error.kind == .notFound { return }
      throw error
    }
    throw LakeError(.tableExists, "there is a table at \(path) already")
  }

  private func options() throws(LakeError) -> TableOptions {
    var options = TableOptions()
    let keys = try arguments.list("key")
    guard !keys.isEmpty else {
      throw LakeError(
        .usage, "\"lake init\" needs --key",
        hint: "--key C for the column that names a row, --key none for append-only")
    }
    options.keyFields = keys == ["none"] ? [] : keys
    options.partitionFields = try arguments.list("partition")
    options.orderingFields = try arguments.list("order")
    if arguments.value("type") == "mor" { options.type = .mergeOnRead }
    if let text = arguments.value("version") { options.version = try TableVersion(parsing: text) }
    switch arguments.value("merge") {
    case "event": options.mergeMode = .eventTime
    case "commit": options.mergeMode = .commitTime
    default: break
    }
    if let kind = arguments.value("index").flatMap(IndexKind.init(rawValue:)) {
      options.index = kind
    }
    if let policy = arguments.value("evolve").flatMap(SchemaEvolution.init(rawValue:)) {
      options.evolution = policy
    }
    options.isHiveStyle = arguments.value("partition-style") != "plain"
    if let rate = arguments.value("bloom") {
      options.filterRate = rate == "off" ? nil : try Units.share(rate, "bloom")
    }
    if arguments.has("columns") && arguments.has("schema") {
      throw LakeError(.usage, "--columns and --schema both give the schema; one is enough")
    }
    if let text = arguments.value("columns") {
      options.columns = try InputSettings.columns(text)
    } else if let file = arguments.value("schema") {
      let schema = try InputSettings.schema(file, session)
      options.columns = schema.columns
      options.avroSchema = schema.avro
    }
    return options
  }

  private func report(_ name: String, _ config: TableConfig) throws(LakeError) {
    let output = session.output
    var page = Page()
    page.add("outcome", .text(session.dryRun ? "planned" : "created"))
    page.add("table", .text(name))
    page.add("type", .text(DescribeCommand.spelled(config.type)))
    page.add("version", .count(config.version.rawValue))
    page.add("key", .list(config.recordKeyFields))
    page.add("partition", .list(config.partitionFields))
    page.add("order", .list(config.orderingFields))
    page.add("merge", .text(DescribeCommand.spelled(config.mergeMode)))
    if output.isJSON { return try output.object("summary", page.fields) }
    if output.format != .table { return try output.lines(page.tabbed) }
    let keys = config.recordKeyFields
    var facts = "\(DescribeCommand.spelled(config.type)), version \(config.version), "
    facts += keys.isEmpty ? "append-only" : "key " + keys.joined(separator: ", ")
    if !config.partitionFields.isEmpty {
      facts += ", partitioned by " + config.partitionFields.joined(separator: ", ")
    }
    if !config.orderingFields.isEmpty {
      facts += ", ordered by " + config.orderingFields.joined(separator: ", ")
    }
    try output.line(
      (session.dryRun ? "would create " : "created ") + HumanText.safe(name) + ": "
        + HumanText.safe(facts))
    if !session.dryRun && output.console.outputIsTerminal {
      try output.line("  next: lake commit \(HumanText.safe(name)) FILE…")
    }
  }
}
