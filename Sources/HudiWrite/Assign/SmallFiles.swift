// Spec: 13-concurrency. New rows go to small files first (format of Hudi's own packing).
import HudiFileGroup
import HudiModel
import HudiScan
import LakeBase

/// How new rows of one partition are spread over files.
struct InsertPlan: Sendable {
  /// Existing small files, each with the number of new rows it takes.
  var additions: [(slice: FileSlice, rows: Int)] = []
  /// Rows of each new file.
  var newFiles: [Int] = []
}

/// Decides where new rows go.
struct SmallFiles: Sendable {
  let options: BaseFileOptions
  /// Bytes of an average row on disk.
  let rowBytes: Int

  /// The estimate before anything is known. [PACK-1]
  static let rowBytesUnknown = 1024

  init(_ options: BaseFileOptions, _ snapshot: Snapshot) throws(LakeError) {
    self.options = options
    rowBytes = try Self.averageRow(snapshot, options)
  }

  /// From the newest write that wrote enough to tell. [PACK-1]
  private static func averageRow(
    _ snapshot: Snapshot, _ options: BaseFileOptions
  ) throws(LakeError) -> Int {
    var fallback: Int?
    for instant in snapshot.writes.suffix(16).reversed() {
      let totals = try snapshot.context.commits.metadata(of: instant).totals
      guard totals.rows > 0, totals.bytes > 0 else { continue }
      let average = Int(clamping: totals.bytes / totals.rows)
      if totals.bytes > Int64(options.smallBytes) { return Swift.max(1, average) }
      if fallback == nil && totals.rows >= 1000 { fallback = average }
    }
    return Swift.max(1, fallback ?? rowBytesUnknown)
  }

  /// Rows that fit into a file of the target size.
  var rowsPerFile: Int { Swift.max(1, options.targetBytes / rowBytes) }

  /// Small files in order of their id take rows up to the target size; the rest goes to new files
  /// of equal size. [PACK-2]
  func plan(_ rows: Int, _ slices: [FileSlice]) -> InsertPlan {
    var plan = fill(rows, slices)
    let left = plan.additions.reduce(rows) { $0 - $1.rows }
    guard left > 0 else { return plan }
    let files = (left - 1) / rowsPerFile + 1
    for index in 0..<files {
      plan.newFiles.append((left * (index + 1)) / files - (left * index) / files)
    }
    return plan
  }

  /// The small files alone, where the number of rows is not known yet.
  func fill(_ rows: Int, _ slices: [FileSlice]) -> InsertPlan {
    var plan = InsertPlan()
    var left = rows
    for slice in slices {
      guard left > 0 else { break }
      guard let size = slice.base?.size, slice.logs.isEmpty, size < options.smallBytes else {
        continue
      }
      let room = (options.targetBytes - size) / rowBytes
      if room <= 0 { continue }
      let taken = Swift.min(room, left)
      plan.additions.append((slice, taken))
      left -= taken
    }
    return plan
  }
}
