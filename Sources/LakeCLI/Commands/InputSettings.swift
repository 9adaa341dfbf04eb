// Spec: 16-command-line, 14-text-rows. The options that say how input is understood.
import HudiModel
import Lake
import LakeAvro
import LakeBase
import LakeColumns
import LakeParquet
import LakeStorage
import LakeText

/// What `lake commit` tells about its input.
struct InputSummary: Sendable {
  var format = ""
  var files = 0
  var bytes = 0
}

/// The input options of one run.
struct InputSettings {
  static let options: [OptionSpec] = [
    .value(
      "input-format", "F", choices: InputFormat.allCases.map(\.rawValue) + ["json"], group: "Input",
      "where name and content do not tell it"),
    .value(
      "columns", "LIST", group: "Input",
      "columns and types of text: 'id string not null, price decimal(12,2)'"),
    .value(
      "schema", "F", group: "Input", "the same from an .avsc, .parquet or .avro file"),
    .value(
      "null", "WORD", repeats: true, group: "Input", "a word of CSV that means null, such as NA"),
    .flag("decimals", group: "Input", "infer decimals where all values have the same decimals"),
    .flag("no-header", group: "Input", "the first line of CSV is a row"),
  ]

  private let session: Session
  private var input = InputOptions()

  init(_ arguments: Arguments, _ session: Session) throws(LakeError) {
    self.session = session
    if let text = arguments.value("input-format") {
      input.format = text == "json" ? .ndjson : InputFormat(rawValue: text)
    }
    if arguments.has("columns") && arguments.has("schema") {
      throw LakeError(.usage, "--columns and --schema both give the columns; one is enough")
    }
    if let text = arguments.value("columns") {
      input.columns = try Self.columns(text)
    } else if let file = arguments.value("schema") {
      input.columns = try Self.schema(file, session).columns
    }
    input.nullWords = arguments.values("null")
    input.decimals = arguments.has("decimals")
    input.header = !arguments.has("no-header")
    input.zoneOffset = session.inputOffset
  }

  /// The inputs of a commit.
  func open(
    _ names: [String], for table: LakeTable, _ operation: WriteOperation
  ) throws(LakeError) -> InputFiles {
    var options = input
    options.linesAreKeys = operation == .delete
    for name in table.config.orderingFields { options.nullCodes[name] = .orderingNull }
    for name in table.config.recordKeyFields { options.nullCodes[name] = .keyNull }
    if options.columns == nil { options.table = try table.snapshot().schema?.columns }
    return try InputFiles(names.map { session.path($0) }, options, session.world)
  }

  /// The rows of one file, some columns of some rows.
  func read(
    _ name: String, _ columns: [String]?, _ predicate: RowPredicate?
  ) throws(LakeError) -> any BatchSource {
    let rows = try InputFiles([session.path(name)], input, session.world)
    return try PickedRows(rows, columns, predicate)
  }

  /// Whether `text` names something that is no folder: input rather than a table.
  static func isFile(_ text: String, _ session: Session) throws(LakeError) -> Bool {
    if text == "-" { return true }
    let kind = try HostFiles.kind(session.path(text))
    return kind == .file || kind == .stream
  }

  static func columns(_ text: String) throws(LakeError) -> Schema {
    do throws(LakeError) { return try Schema.parse(columns: text) } catch {
      throw error.with("columns", text)
    }
  }

  /// The columns that a file describes, and its Avro text where it is a schema itself.
  static func schema(
    _ name: String, _ session: Session
  ) throws(LakeError) -> (columns: Schema, avro: String?) {
    let path = session.path(name)
    guard try HostFiles.kind(path) == .file else {
      throw LakeError(.inputNotFound, "there is no schema file \"\(name)\"")
    }
    do throws(LakeError) {
      let source = try HostFiles.open(path)
      let limits = session.world.limits
      if name.hasSuffix(".parquet") { return (try ParquetFile(source).schema, nil) }
      if name.hasSuffix(".avro") {
        return (try AvroBatches(source, limits: limits).schema, nil)
      }
      guard source.count <= limits.avroSchemaBytesMax else {
        throw LakeError(.limitExceeded, "a schema has at most \(limits.avroSchemaBytesMax) bytes")
      }
      let text = try source.read(0..<source.count)
      return (try AvroSchema.parse(text).columns(), text.lossyText)
    } catch {
      throw (error.kind == .corrupted ? error.asKind(.invalidInput) : error).at(name)
    }
  }
}

/// Some columns of the rows for which a condition holds.
struct PickedRows: BatchSource {
  let schema: Schema
  private var rows: any BatchSource
  private let columns: [String]?
  private let predicate: RowPredicate?

  init(
    _ rows: any BatchSource, _ columns: [String]?, _ predicate: RowPredicate?
  ) throws(LakeError) {
    self.rows = rows
    self.columns = columns
    self.predicate = predicate
    try predicate?.check(rows.schema)
    schema =
      try columns.map { (names) throws(LakeError) in try rows.schema.select(names) }
      ?? rows.schema
  }

  mutating func next() throws(LakeError) -> RecordBatch? {
    guard let batch = try rows.next() else { return nil }
    var kept = batch
    if let predicate {
      let rows: Bitmap = try predicate.evaluate(batch)
      kept = batch.filter(rows)
    }
    if let columns { return try kept.select(columns) }
    return kept
  }
}
