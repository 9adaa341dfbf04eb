// Spec: 14-text-rows. JSON rows to batches of a given schema.
import LakeBase
import LakeColumns

/// Options of JSON input.
public struct NDJSONOptions: Sendable {
  /// Seconds east of Greenwich of texts without a zone in columns of instants; nil refuses them.
  public var zoneOffset: Int?
  /// Fields of the input that are passed over.
  public var dropped: Set<String> = []
  /// What a null is called in columns that allow none; else `inputValueInvalid`.
  public var nullCodes: [String: LakeCode] = [:]
  public var limits = Limits.standard
  public var workers = Workers(width: 1)
  /// Bytes of text that one worker parses at a time.
  public var chunkBytes = 1 << 20

  public init() {}
}

/// Reads one JSON object a line, or one array of objects. A batch is one chunk of text. A field
/// that an object does not have is null.
public struct NDJSONReader: BatchSource {
  public let schema: Schema
  private var source: JSONChunks
  private let parser: CellParser
  private let options: NDJSONOptions
  private var ready: ArraySlice<RecordBatch> = []

  public init(
    _ input: any TextInput, schema: Schema, options: NDJSONOptions = NDJSONOptions()
  ) throws(LakeError) {
    let kept = schema.fields.filter { !options.dropped.contains($0.name) }
    self.schema = Schema(kept)
    self.options = options
    source = try JSONChunks(input, options)
    parser = CellParser(
      zoneOffset: options.zoneOffset, limits: options.limits, nullCodes: options.nullCodes)
  }

  public mutating func next() throws(LakeError) -> RecordBatch? {
    while true {
      if let batch = ready.popFirst() { return batch }
      let many = options.workers.width == 1 ? 1 : options.workers.width * 2
      var wave: [RecordChunk] = []
      while wave.count < many, let chunk = try source.next() { wave.append(chunk) }
      if wave.isEmpty { return nil }
      let (parser, schema, options, isArray) = (parser, schema, options, source.isArray)
      let batches = try options.workers.map(wave) { chunk throws(LakeError) -> RecordBatch in
        try Self.parse(chunk, isArray, parser, schema, options)
      }
      ready = batches[...]
    }
  }

  private static func parse(
    _ chunk: RecordChunk, _ isArray: Bool, _ parser: CellParser, _ schema: Schema,
    _ options: NDJSONOptions
  ) throws(LakeError) -> RecordBatch {
    do throws(ParseFailure) {
      try checkText(chunk)
      let names = JSONNames(schema.fields, dropped: options.dropped)
      let (entries, rows) = try JSONRecords(chunk, isArray: isArray, options.limits).table(names)
      let table = FieldTable(
        base: chunk.bytes, entries: entries.pointer.assumingMemoryBound(to: UInt64.self),
        width: schema.count, rows: rows, dialect: .json, owners: [chunk.text, entries])
      var columns: [Column] = []
      for (index, field) in schema.fields.enumerated() {
        columns.append(try parser.column(field, table, index))
      }
      withExtendedLifetime((chunk.text, entries)) {}
      return RecordBatch(schema, columns, count: rows)
    } catch {
      throw chunk.locate(error)
    }
  }
}

/// Chunks of JSON text; the first byte decides between lines and one array.
struct JSONChunks {
  let isArray: Bool
  private var chunks: RecordChunks

  init(_ input: any TextInput, _ options: NDJSONOptions) throws(LakeError) {
    // Leading white space may fill whole chunks; the first other byte is looked for in all of them.
    var leading: [Buffer] = []
    var first: UInt8 = 0x20
    while first <= 0x20, let chunk = try input.next() {
      leading.append(chunk)
      var at = leading.count == 1 && chunk.count >= 3 && chunk[0] == 0xEF ? 3 : 0
      while at < chunk.count && chunk[at] <= 0x20 && chunk[at] != 0 { at += 1 }
      if at < chunk.count { first = chunk[at] }
      if leading.reduce(0, { $0 + $1.count }) > options.limits.textRowBytesMax { break }
    }
    isArray = first == 0x5B
    var waiting = leading[...]
    let joined = ClosureText { () throws(LakeError) in
      if let chunk = waiting.popFirst() { return chunk }
      return try input.next()
    }
    chunks = RecordChunks(
      joined, isArray ? .array : .lines, limits: options.limits, chunkBytes: options.chunkBytes)
  }

  mutating func next() throws(LakeError) -> RecordChunk? { try chunks.next() }
}
