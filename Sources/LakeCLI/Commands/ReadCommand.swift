// Spec: 16-command-line, 12-queries. `lake read`: rows of a table or of a file.
import HudiScan
import Lake
import LakeBase
import LakeColumns

extension CommandList {
  static let read = CommandSpec(
    "read", "rows of a table, or of any input file",
    examples: [
      ("lake read orders --where \"qty > 10\" --limit 20", "some rows of the newest version"),
      ("lake read orders@^ --select id,qty --out before.csv.gz", "an earlier version, into a file"),
      ("lake read changes.ndjson", "look at a file before it is committed"),
    ],
    operands: "TABLE[@V]|FILE", count: 1...1,
    options: [
      .value("select", "C[,C]", repeats: true, "these columns, in this order"),
      .value("where", "EXPR", "rows for which this holds: \"day = '2026-03-01' and qty > 10\""),
      .value("limit", "N", "at most so many rows"),
      .value("as-of", "V", "the version, in place of @V"),
      .value(
        "merge-as", "MODE", choices: ["event", "commit"],
        "merge logs so, whatever the table says: the larger ordering value wins, or the later commit"
      ),
      .flag("meta", "the five _hoodie_ columns as well"),
      .value(
        "out", "FILE", short: "O",
        "write a file: .parquet, .avro, .csv, .tsv, .ndjson; text also .gz, .zst"),
    ] + InputSettings.options,
    exits: [6, 7, 8, 11, 12, 13], seeAlso: ["log", "files", "commit"],
    notes: [
      "V is an instant or its beginning, a time with a zone, -2h, ^ for the version before the newest, "
        + "^^ for the one before that.",
      "Rows are a table on a terminal and NDJSON elsewhere; see --format.",
    ],
    run: { (session, arguments) throws(LakeError) in
      try ReadCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake read`.
struct ReadCommand {
  let session: Session
  let arguments: Arguments

  func run() throws(LakeError) -> Int32 {
    let limit = try arguments.value("limit").map { (text) throws(LakeError) in
      try Units.number(text, "limit", 0...Int.max)
    }
    let columns = arguments.has("select") ? try arguments.list("select") : nil
    let predicate = try arguments.value("where").map { (text) throws(LakeError) in
      try RowPredicate(text, zoneOffset: session.inputOffset)
    }
    let out = arguments.value("out")
    let name = try out.map { (text) throws(LakeError) in try OutputName(text) }
    var rows = try rows(columns, predicate)
    if let limit { rows = LimitedRows(rows, limit) }
    if let out, let name { return try write(rows, to: out, name) }
    try show(rows)
    return 0
  }

  private func rows(
    _ columns: [String]?, _ predicate: RowPredicate?
  ) throws(LakeError) -> any BatchSource {
    let text = arguments.operands[0]
    let address: TableAddress
    do throws(LakeError) {
      address = try TableAddress(text, session, asOf: arguments.value("as-of"))
    } catch {
      guard error.kind == .notFound || error.code == .notRegularFile,
        try InputSettings.isFile(text, session)
      else { throw error }
      for option in ["as-of", "merge-as"] where arguments.has(option) {
        throw LakeError(.usage, "\"\(text)\" is a file; --\(option) is for tables")
      }
      let settings = try InputSettings(arguments, session)
      return try settings.read(text, columns, predicate)
    }
    var options = ScanOptions(
      columns: columns, predicate: predicate, includesMetaColumns: arguments.has("meta"))
    options.memoryBytes = session.memory
    switch arguments.value("merge-as") {
    case "event": options.mergeMode = .eventTime
    case "commit": options.mergeMode = .commitTime
    default: break
    }
    return try scan(address, options)
  }

  private func scan(
    _ address: TableAddress, _ options: ScanOptions
  ) throws(LakeError) -> any BatchSource {
    guard let version = address.version else { return try address.table.scan(options) }
    let snapshot = try address.table.snapshot(asOf: version)
    if snapshot.writes.isEmpty, let first = try address.table.snapshot().writes.first {
      session.output.note(
        "\(HumanText.safe(address.name)) was empty then: its first commit is "
          + first.requested.text)
    }
    return try SnapshotScan(snapshot, options)
  }

  private func show(_ source: any BatchSource) throws(LakeError) {
    let output = session.output
    var rows = source
    var printed = PrintedRows(rows.schema, output.rowFormat, output)
    while let batch = try rows.next(), !output.readerIsGone {
      try session.world.cancellation.check()
      try printed.write(batch)
    }
    try printed.finish()
  }

  private func write(
    _ source: any BatchSource, to path: String, _ name: OutputName
  ) throws(LakeError) -> Int32 {
    var rows = source
    var count = 0
    var bytes = 0
    if !session.dryRun {
      let file = try OutputFile(session.path(path), replaces: session.confirmed)
      do throws(LakeError) {
        var writer = try name.rows(rows.schema, file, session.world)
        while let batch = try rows.next() {
          try session.world.cancellation.check()
          try writer.write(batch)
          count += batch.count
          session.world.journal.receive(.progress(rows: count, bytes: file.count, ofBytes: nil))
        }
        try writer.finish()
        bytes = file.count
      } catch {
        file.abandon()
        throw error
      }
    } else {
      while let batch = try rows.next() { count += batch.count }
    }
    let output = session.output
    let facts: JSONFields = [
      ("out", .text(path)), ("rows", .int(count)), ("bytes", .int(bytes)),
    ]
    if output.isJSON {
      try output.object("summary", facts)
    } else {
      let verb = session.dryRun ? "would write" : "wrote"
      output.note(
        "\(verb) \(path): \(HumanText.plural(count, "row")), \(HumanText.bytes(bytes))")
    }
    return 0
  }
}

/// The first rows of a source.
struct LimitedRows: BatchSource {
  private var rows: any BatchSource
  private var left: Int
  var schema: Schema { rows.schema }

  init(_ rows: any BatchSource, _ limit: Int) {
    self.rows = rows
    left = limit
  }

  mutating func next() throws(LakeError) -> RecordBatch? {
    guard left > 0, let batch = try rows.next() else { return nil }
    let part = batch.count > left ? batch.slice(0..<left) : batch
    left -= part.count
    return part
  }
}
