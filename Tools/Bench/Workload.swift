// Formats by themselves: how fast bytes become columns and columns bytes.
import Glibc
import LakeBase
import LakeCodecs
import LakeColumns
import LakeParquet
import LakeText

/// Named workloads on one file that is in the page cache.
enum Workload {
  static let names = [
    "parquet-decode", "parquet-encode", "csv-parse", "csv-infer", "ndjson-parse", "ndjson-infer",
  ]

  static func run(_ name: String, _ path: String, _ call: Call) throws(LakeError) {
    let timing = Timing(name: name, runs: call.number("runs", default: 5))
    switch name {
    case "parquet-decode": try decode(path, call, timing)
    case "parquet-encode": try encode(path, call, timing)
    case "csv-parse", "csv-infer", "ndjson-parse", "ndjson-infer":
      try text(path, call, timing, isJSON: name.hasPrefix("ndjson"), parses: name.hasSuffix("parse"))
    default: throw LakeError(.usage, "there is no workload \(name)")
    }
  }

  /// Every value of every column, row groups side by side.
  private static func decode(_ path: String, _ call: Call, _ timing: Timing) throws(LakeError) {
    let source = BufferSource(try WholeFile.open(path))
    let workers = call.workers
    try timing.measure { () throws(LakeError) in
      let (rows, batches) = try batches(source, workers)
      return (source.count, rows, "\(batches.count) batches")
    }
  }

  private static func batches(
    _ source: BufferSource, _ workers: Workers
  ) throws(LakeError) -> (rows: Int, batches: [RecordBatch]) {
    let file = try ParquetFile(source)
    let groups = Array(file.metadata.rowGroups.indices)
    let parts = try workers.map(groups) { (group: Int) throws(LakeError) -> [RecordBatch] in
      var batches = try file.batches(rowGroups: [group])
      var all: [RecordBatch] = []
      while let batch = try batches.next() { all.append(batch) }
      return all
    }
    let all = parts.flatMap { $0 }
    return (all.reduce(0) { $0 + $1.count }, all)
  }

  /// The rows of a file, held in memory, as Parquet with zstd-3.
  private static func encode(_ path: String, _ call: Call, _ timing: Timing) throws(LakeError) {
    let file = try ParquetFile(BufferSource(try WholeFile.open(path)))
    var batches: [RecordBatch] = []
    var reader = try file.batches()
    while let batch = try reader.next() { batches.append(batch) }
    var options = ParquetWriteOptions()
    options.workers = call.workers
    options.codec = .zstd(level: call.number("level", default: 3))
    let schema = file.schema
    try timing.measure { () throws(LakeError) in
      let sink = BufferSink()
      let writer = try ParquetWriter(sink, schema, options)
      var rows = 0
      for batch in batches {
        try writer.write(batch)
        rows += batch.count
      }
      let result = try writer.finish()
      return (result.byteCount, rows, "\(result.byteCount) bytes")
    }
  }
}

extension Workload {
  /// Text to columns with the schema known (`--columns`, else inferred once, untimed), or inference alone.
  private static func text(
    _ path: String, _ call: Call, _ timing: Timing, isJSON: Bool, parses: Bool
  ) throws(LakeError) {
    let bytes = try WholeFile.open(path)
    var csv = CSVOptions()
    csv.workers = call.workers
    csv.nullWords = call["null"].map { [$0] } ?? []
    var json = NDJSONOptions()
    json.workers = call.workers
    let (csvOptions, jsonOptions) = (csv, json)
    func input() -> SourceText { SourceText(BufferSource(bytes)) }
    func infer() throws(LakeError) -> (Schema, Int) {
      if isJSON {
        let found = try NDJSONInference.infer(input(), options: jsonOptions)
        return (found.schema, found.rows)
      }
      let found = try CSVInference.infer(input(), options: csvOptions)
      return (found.schema, found.rows)
    }
    guard parses else {
      try timing.measure { () throws(LakeError) in
        let (schema, rows) = try infer()
        return (bytes.count, rows, "\(schema.count) columns")
      }
      return
    }
    let schema: Schema
    if let given = call["columns"] {
      schema = try Schema.parse(columns: given)
    } else {
      schema = try infer().0
    }
    try timing.measure { () throws(LakeError) in
      var rows: any BatchSource =
        isJSON
        ? try NDJSONReader(input(), schema: schema, options: jsonOptions)
        : try CSVReader(input(), schema: schema, options: csvOptions)
      var count = 0
      while let batch = try rows.next() { count += batch.count }
      return (bytes.count, count, "\(schema.count) columns")
    }
  }
}

/// A file as memory.
enum WholeFile {
  static func open(_ path: String) throws(LakeError) -> Buffer {
    guard let file = fopen(path, "rb") else { throw LakeError(.inputNotFound, path) }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    let size = ftell(file)
    fseek(file, 0, SEEK_SET)
    let memory = Memory(byteCount: size)
    guard fread(memory.start, 1, size, file) == size else { throw LakeError(.ioFailed, path) }
    return Buffer(memory, count: size)
  }
}
