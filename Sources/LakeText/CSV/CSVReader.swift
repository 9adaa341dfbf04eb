// Spec: 14-text-rows. CSV to batches of a given schema.
import LakeBase
import LakeColumns

/// Reads CSV or TSV; every value is parsed as its column's type. A batch is one chunk of text.
public struct CSVReader: BatchSource {
  /// The columns delivered, in the order of the schema given.
  public let schema: Schema
  /// The names of the input's columns, in their order.
  public let header: [String]

  private var chunks: RecordChunks
  private var first: RecordChunk?
  private var bodyStart: Int
  private let scan: CSVScan
  private let parser: CellParser
  /// For each column delivered its position in the input; -1 for one that is not there.
  private let positions: [Int]
  private let options: CSVOptions
  private var ready: ArraySlice<RecordBatch> = []

  /// Reads the header at once. Throws `inputColumnUnknown` for a column that the schema does not
  /// have, `inputColumnMissing` for one that only the schema has, unless the options allow them.
  public init(
    _ input: any TextInput, schema wanted: Schema, options: CSVOptions = CSVOptions()
  ) throws(LakeError) {
    let head = try CSVHead(input, options)
    chunks = head.chunks
    first = head.first
    bodyStart = head.bodyStart
    scan = head.scan
    self.options = options
    parser = CellParser(
      nullWords: options.nullWords, zoneOffset: options.zoneOffset, limits: options.limits,
      nullCodes: options.nullCodes)
    if options.header || head.first == nil {
      header = head.names
    } else {
      guard head.names.count == wanted.count else {
        throw LakeError(
          .inputMalformed,
          "line 1: \(head.names.count) fields for \(wanted.count) columns, and no header")
      }
      header = wanted.fields.map(\.name)
    }
    (schema, positions) = try Self.match(header, wanted, options)
  }

  private static func match(
    _ header: [String], _ wanted: Schema, _ options: CSVOptions
  ) throws(LakeError) -> (Schema, [Int]) {
    var places: [String: Int] = [:]
    for (index, name) in header.enumerated() {
      if places.updateValue(index, forKey: name) != nil {
        throw LakeError(
          .inputMalformed, "line 1: column \"\(name)\" is there twice",
          facts: [("line", "1"), ("column", name)])
      }
      if wanted.index(of: name) == nil && !options.dropped.contains(name) {
        throw LakeError(
          .inputColumnUnknown, "the input has a column \"\(name)\" that is not expected",
          hint: "columns: " + wanted.fields.map(\.name).joined(separator: ", ")
            + "; --drop \(name) passes it over", facts: [("line", "1"), ("column", name)])
      }
    }
    var fields: [Field] = []
    var positions: [Int] = []
    for field in wanted.fields {
      if let place = places[field.name], !options.dropped.contains(field.name) {
        fields.append(field)
        positions.append(place)
        continue
      }
      if options.missing == .omit || options.dropped.contains(field.name) { continue }
      guard options.missing == .fillNull, field.nullable else {
        throw LakeError(
          .inputColumnMissing, "the input has no column \"\(field.name)\"",
          hint: field.nullable ? "--fill null stores nulls" : "the column is \"not null\"",
          facts: [("column", field.name)])
      }
      fields.append(field)
      positions.append(-1)
    }
    return (Schema(fields), positions)
  }

  public mutating func next() throws(LakeError) -> RecordBatch? {
    while true {
      if let batch = ready.popFirst() { return batch }
      let wave = try nextWave()
      if wave.isEmpty { return nil }
      let (scan, parser, schema, positions) = (scan, parser, schema, positions)
      let width = header.count
      let batches = try options.workers.map(wave) { (job: Job) throws(LakeError) -> RecordBatch in
        try Self.parse(job, scan, parser, schema, positions, width)
      }
      ready = batches[...]
    }
  }

  struct Job: Sendable {
    let chunk: RecordChunk
    let start: Int
  }

  /// As many chunks as there are workers.
  private mutating func nextWave() throws(LakeError) -> [Job] {
    var wave: [Job] = []
    if let first {
      wave.append(Job(chunk: first, start: bodyStart))
      self.first = nil
    }
    let many = options.workers.width == 1 ? 1 : options.workers.width * 2
    while wave.count < many, let chunk = try chunks.next() {
      wave.append(Job(chunk: chunk, start: 0))
    }
    return wave
  }

  private static func parse(
    _ job: Job, _ scan: CSVScan, _ parser: CellParser, _ schema: Schema, _ positions: [Int],
    _ width: Int
  ) throws(LakeError) -> RecordBatch {
    do throws(ParseFailure) {
      try checkText(job.chunk)
      let fields = try scan.fields(job.chunk, from: job.start, width: width)
      let table = FieldTable(
        base: job.chunk.bytes,
        entries: fields.entries.pointer.assumingMemoryBound(to: UInt64.self), width: width,
        rows: fields.rows, dialect: .csv(quote: scan.quote),
        owners: [job.chunk.text, fields.entries])
      var columns: [Column] = []
      columns.reserveCapacity(schema.count)
      for (field, position) in zip(schema.fields, positions) {
        columns.append(
          position < 0
            ? Column.nulls(field.type, count: fields.rows)
            : try parser.column(field, table, position))
      }
      withExtendedLifetime(table) {}
      return RecordBatch(schema, columns, count: fields.rows)
    } catch {
      throw job.chunk.locate(error)
    }
  }
}

/// NUL and malformed UTF-8 are refused wherever they stand.
func checkText(_ chunk: RecordChunk) throws(ParseFailure) {
  if chunk.counts.hasNUL {
    var at = 0
    while at < chunk.count && chunk.bytes[at] != 0 { at += 1 }
    throw ParseFailure(message: "a NUL byte stands in the text", offset: at)
  }
  if chunk.counts.isASCII { return }
  let wrong = firstInvalidUTF8(chunk.bytes, chunk.count)
  if wrong >= 0 {
    throw ParseFailure(
      code: .inputEncoding, message: "the text is not UTF-8", offset: wrong,
      hint: "iconv -f LATIN1 -t UTF-8")
  }
}

/// The first record of a CSV input.
struct CSVHead {
  var chunks: RecordChunks
  let first: RecordChunk?
  /// Names of the columns; made up when there is no header.
  let names: [String]
  /// Where the records begin in the first chunk.
  let bodyStart: Int
  let scan: CSVScan

  init(_ input: any TextInput, _ options: CSVOptions) throws(LakeError) {
    chunks = RecordChunks(
      input, .csv(quote: options.quote), limits: options.limits, chunkBytes: options.chunkBytes)
    scan = CSVScan(
      delimiter: options.delimiter, quote: options.quote,
      fieldBytesMax: options.limits.textFieldBytesMax, columnsMax: options.limits.columnsMax)
    first = try chunks.next()
    guard let first else {
      if options.header {
        throw LakeError(
          .inputMalformed, "the input is empty; a header is expected",
          hint: "--no-header for input without one")
      }
      (names, bodyStart) = ([], 0)
      return
    }
    do throws(ParseFailure) {
      try checkText(first)
      var names: [String] = []
      var at = 0
      let columnsMax = options.limits.columnsMax
      let scan = scan
      try scan.exactRecord(first.bytes, first.count, &at) { (entry: UInt64) throws(ParseFailure) in
        guard names.count < columnsMax else {
          throw ParseFailure(
            code: .limitExceeded, message: "more than \(columnsMax) columns", offset: 0)
        }
        names.append(Self.name(first, entry, scan.quote))
      }
      if !options.header {
        names = (1...names.count).map { "column\($0)" }
        at = 0
      } else if let empty = names.firstIndex(of: "") {
        throw ParseFailure(message: "column \(empty + 1) of the header has no name", offset: 0)
      }
      self.names = names
      bodyStart = at
    } catch {
      throw first.locate(error)
    }
  }

  private static func name(_ chunk: RecordChunk, _ entry: UInt64, _ quote: UInt8) -> String {
    let start = FieldTable.start(entry)
    let count = FieldTable.end(entry) - start
    var bytes = Array(UnsafeBufferPointer(start: chunk.bytes + start, count: count))
    if FieldTable.isEscaped(entry) {
      let raw = bytes
      let written = raw.withUnsafeBufferPointer { raw in
        bytes.withUnsafeMutableBufferPointer { out -> Int in
          guard let from = raw.baseAddress, let to = out.baseAddress else { return 0 }
          return unescapeQuotes(from, raw.count, quote, to: to)
        }
      }
      bytes.removeLast(bytes.count - written)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
