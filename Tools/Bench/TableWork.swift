// What the comparison with other engines asks of tables, each answer on the last line.
import Glibc
import HudiModel
import HudiScan
import HudiWrite
import Lake
import LakeBase
import LakeColumns
import LakeStorage

/// Reads and commits of one table in one process.
struct TableWork {
  private let call: Call
  private let table: LakeTable

  init(_ call: Call) throws(LakeError) {
    self.call = call
    table = try LakeTable.open(call.words[0], World(workers: call.workers))
  }

  /// Rows and sums of a snapshot, or of what `--select` and `--where` leave of it.
  func scan() throws(LakeError) {
    var options = ScanOptions()
    options.columns = call["select"]?.split(separator: ",").map(String.init)
    if let text = call["where"] { options.predicate = try RowPredicate(text) }
    if call["mode"] == ScanMode.readOptimized.rawValue { options.mode = .readOptimized }
    options.mergesByPosition = call["matching"] == "position"
    if let text = call["memory"] {
      let scale = text.hasSuffix("MiB") ? 1 << 20 : 1
      options.memoryBytes = (Int(text.replacing("MiB", with: "")) ?? 256) * scale
    }
    guard call["runs"] != nil else { return try total(options) }
    // The same scan several times in one process, without sums: what threads and decoders take.
    let timing = Timing(name: "scan", runs: call.number("runs", default: 5))
    let chosen = options
    try timing.measure { () throws(LakeError) in
      var rows = try LakeTable.open(call.words[0], table.world).scan(chosen)
      var count = 0
      var bytes = 0
      while let batch = try rows.next() {
        count += batch.count
        bytes += batch.byteCount
      }
      return (bytes, count, "\(count) rows")
    }
  }

  /// The row of one key.
  func get(_ key: String) throws(LakeError) {
    guard let name = table.config.recordKeyFields.first else {
      throw LakeError(.usage, "the table has no key")
    }
    let quoted = key.replacing("'", with: "''")
    var options = ScanOptions()
    options.predicate = try RowPredicate("\"\(name)\" = '\(quoted)'")
    try total(options)
  }

  private func total(_ options: ScanOptions) throws(LakeError) {
    var rows = try table.scan(options)
    var sums = Sums()
    while let batch = try rows.next() { sums.add(batch) }
    print(sums.json)
  }

  /// One commit for each file of a folder, in the order of their names; prints the seconds of each.
  func micro(_ folder: String) throws(LakeError) {
    var options = WriteOptions()
    options.deleteWhen = try RowPredicate("_op = 'D'")
    options.dropping = ["_op"]
    var seconds: [String] = []
    for name in try HostFiles.names(folder) where name.hasSuffix(".parquet") {
      let start = ContinuousClock.now
      let rows = try InputFiles([folder + "/" + name], InputOptions(), table.world)
      let report = try table.commit(.upsert, rows, options)
      guard report.outcome == .committed else { throw LakeError(.defect, "nothing was committed") }
      let parts = (ContinuousClock.now - start).components
      seconds.append("\(Double(parts.seconds) + Double(parts.attoseconds) / 1e18)")
    }
    print("{\"lat\":[\(seconds.joined(separator: ","))]}")
  }
}
