// Spec: 16-command-line, 13-concurrency. `lake commit`: rows into a table, one commit.
import HudiModel
import HudiWrite
import Lake
import LakeBase
import LakeColumns
import LakeStorage

extension CommandList {
  static let commit = CommandSpec(
    "commit", "write rows, as one commit",
    examples: [
      ("lake commit orders changes.ndjson", "upsert; the format is detected"),
      ("zcat dump.csv.gz | lake commit orders - -o bulk_insert", "from a pipe"),
      ("lake commit orders gone.csv -o delete -m \"closed accounts\"", "delete by key"),
    ],
    operands: "TABLE INPUT…", count: 2...100_000,
    options: [
      .value(
        "op", "OP", short: "o", choices: ["upsert", "insert", "bulk_insert", "delete"],
        "what to do; default upsert, insert for tables without a key"),
      .value("message", "TEXT", short: "m", "kept in the commit"),
      .value("author", "NAME", "kept in the commit; default the user's name"),
      .value("meta", "K=V", repeats: true, "kept in the commit"),
      .value("delete-when", "EXPR", "rows of an upsert that are deletes: \"op = 'D'\""),
      .value("drop", "C[,C]", repeats: true, "input columns that are not stored"),
      .value(
        "fill", "null", choices: ["null"],
        "fill columns that the input lacks, where they may be null"),
      .value(
        "index", "KIND", choices: IndexKind.allCases.map(\.rawValue),
        "how keys are found, this time"),
      .value(
        "evolve", "P", choices: SchemaEvolution.allCases.map(\.rawValue),
        "schema changes this commit may make"),
      .value(
        "writers", "W",
        "for tables of other engines: lake-only, or file-lock[:DIR] to take Hudi's lock"),
      .value(
        "durability", "D", choices: ["full", "none"],
        "none: do not wait for the disk; for benchmarks only"),
    ] + InputSettings.options,
    exits: [5, 6, 7, 8, 9, 10, 12, 13], seeAlso: ["init", "read", "log"],
    notes: [
      "INPUT is a file, a folder (its files in the order of their names) or - for standard input.",
      "Rows without a value for a key or an ordering column are refused, with their number.",
    ],
    run: { (session, arguments) throws(LakeError) in
      try CommitCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake commit`.
struct CommitCommand {
  let session: Session
  let arguments: Arguments

  func run() throws(LakeError) -> Int32 {
    let started = session.world.clock.monotonic()
    let name = arguments.operands[0]
    let durability: Durability = arguments.value("durability") == "none" ? .none : .full
    let table = try session.openTable(name, durability: durability)
    let operation = try operation(table.config)
    let options = try options()
    let settings = try InputSettings(arguments, session)
    let input = try settings.open(
      Array(arguments.operands.dropFirst()), for: table, operation)
    let report: CommitReport
    do throws(LakeError) {
      report = try table.commit(operation, input, options)
    } catch {
      guard error.kind == .invalidInput, input.count == 1 else { throw error }
      throw error.at(arguments.operands[1])
    }
    let elapsed = Int(session.world.clock.monotonic() - started)
    session.output.endProgress()
    let summary = InputSummary(
      format: input.formatNames, files: input.count, bytes: Swift.max(input.bytes, input.bytesRead))
    try show(report, name, table.config, summary, elapsed)
    return 0
  }

  private func operation(_ config: TableConfig) throws(LakeError) -> WriteOperation {
    switch arguments.value("op") {
    case "upsert": .upsert
    case "insert": .insert
    case "bulk_insert": .bulkInsert
    case "delete": .delete
    default: config.recordKeyFields.isEmpty ? .insert : .upsert
    }
  }

  private func options() throws(LakeError) -> WriteOptions {
    var options = WriteOptions()
    options.index = arguments.value("index").flatMap(IndexKind.init(rawValue:))
    options.evolution = arguments.value("evolve").flatMap(SchemaEvolution.init(rawValue:))
    options.deleteWhen = try arguments.value("delete-when").map { (text) throws(LakeError) in
      try RowPredicate(text, zoneOffset: session.inputOffset)
    }
    options.dropping = try arguments.list("drop")
    options.fillsMissingWithNull = arguments.has("fill")
    options.extraMetadata = [
      (CommitMessage.authorKey, arguments.value("author") ?? HostProcess.userName)
    ]
    if let message = arguments.value("message") {
      options.extraMetadata.append((CommitMessage.messageKey, message))
    }
    for pair in arguments.values("meta") {
      guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
        throw LakeError(.badOptionValue, "--meta \"\(pair)\" is not NAME=VALUE")
      }
      options.extraMetadata.append(
        (String(pair[..<equals]), String(pair[pair.index(after: equals)...])))
    }
    options.memoryBytes = session.memory
    options.waitMilliseconds = Int64(session.wait)
    options.isDryRun = session.dryRun
    options.writers = arguments.value("writers")
    return options
  }

  private func show(
    _ report: CommitReport, _ name: String, _ config: TableConfig, _ input: InputSummary,
    _ elapsed: Int
  ) throws(LakeError) {
    let output = session.output
    let page = page(report, input, elapsed)
    if output.isJSON { return try output.object("summary", page.fields) }
    if output.format != .table { return try output.lines(page.tabbed) }
    let head = [
      HumanText.safe(name), report.operation.rawValue.lowercased(), input.format,
      HumanText.plural(input.files, "file"), HumanText.bytes(input.bytes),
    ]
    try output.line(head.filter { !$0.isEmpty }.joined(separator: "  "))
    try output.line("  rows in    " + counts(report).joined(separator: "   "))
    if report.outcome != .nothing {
      let ratio = input.bytes > 0 ? report.bytesWritten * 10 / input.bytes : 0
      let share = input.bytes > 0 ? " (\(ratio / 10).\(ratio % 10)× input)" : ""
      // A dry run encodes nothing, so it does not know.
      let wrote = "   wrote " + HumanText.bytes(report.bytesWritten) + share
      try output.line(
        "  files      + \(HumanText.count(report.filesAdded)) base   touched "
          + "\(HumanText.count(report.fileGroupsTouched)) of "
          + HumanText.plural(report.fileGroups, "file group") + (session.dryRun ? "" : wrote))
    }
    try output.line(ending(report, config, elapsed))
  }

  private func counts(_ report: CommitReport) -> [String] {
    var parts = [HumanText.count(report.rowsIn)]
    for (label, number) in [
      ("inserted", report.inserted), ("updated", report.updated), ("deleted", report.deleted),
    ] { parts.append("\(label) \(HumanText.count(number))") }
    for (label, number) in [
      ("stale", report.stale), ("duplicates", report.duplicates), ("not found", report.notFound),
    ] where number > 0 { parts.append("\(label) \(HumanText.count(number))") }
    return parts
  }

  private func ending(_ report: CommitReport, _ config: TableConfig, _ elapsed: Int) -> String {
    let cost =
      "in \(HumanText.duration(elapsed)), peak memory \(HumanText.bytes(HostProcess.peakMemory))"
    switch report.outcome {
    case .nothing: return "nothing to do, no commit was made"
    case .planned: return "dry run: nothing was written, \(cost)"
    case .committed:
      var text = "committed \(report.instant?.requested.text ?? "")"
      if config.isUTC, let time = report.instant?.completed?.civilMilliseconds {
        let shown = CivilTime.text(time, session.zone).split(separator: " ").dropFirst()
        text += " (completed \(shown.joined(separator: " ")))"
      }
      return "\(text) \(cost)"
    }
  }

  private func page(_ report: CommitReport, _ input: InputSummary, _ elapsed: Int) -> Page {
    var page = Page()
    page.add("outcome", .text(report.outcome.rawValue))
    page.add("instant", .text(report.instant?.requested.text))
    page.add("completion", .text(report.instant?.completed?.text))
    page.add("op", .text(report.operation.rawValue.lowercased()))
    for (name, number) in [
      ("rowsIn", report.rowsIn), ("inserted", report.inserted), ("updated", report.updated),
      ("deleted", report.deleted), ("stale", report.stale), ("duplicates", report.duplicates),
      ("notFound", report.notFound), ("filesAdded", report.filesAdded),
      ("fileGroupsTouched", report.fileGroupsTouched), ("fileGroups", report.fileGroups),
      ("filesIn", input.files), ("bytesIn", input.bytes), ("bytesWritten", report.bytesWritten),
      ("peakMemory", HostProcess.peakMemory), ("ms", elapsed),
    ] { page.add(name, Cell(shown: String(number), plain: String(number), json: .int(number))) }
    return page
  }
}
