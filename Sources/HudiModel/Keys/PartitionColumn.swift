// Spec: 11-keys-and-indexes. The partition of every row: few paths, and which of them a row has.
import LakeBase
import LakeColumns

/// Partition paths of a batch in the order of their first row, with a code for every row.
public struct PartitionColumn: Sendable {
  public let paths: [PartitionPath]
  /// Position in `paths`, one a row.
  public let codes: [Int32]

  public init(_ paths: [PartitionPath], _ codes: [Int32]) {
    self.paths = paths
    self.codes = codes
  }

  /// Every row in the same partition.
  public init(_ path: PartitionPath, rows: Int) {
    paths = rows == 0 ? [] : [path]
    codes = Array(repeating: 0, count: rows)
  }

  /// The distinct texts of a column as paths. Throws `partitionInvalid` with the first row's number
  /// for one that cannot be a directory of the table. [KEY-7]
  init(_ texts: Column, firstRow: Int, limits: Limits) throws(LakeError) {
    let codes = KeyTable(capacity: 64).insert(texts)
    var paths: [PartitionPath] = []
    for (row, code) in codes.enumerated() where Int(code) == paths.count {
      let text = texts.bytes(row)
      guard let valid = text.text else {
        throw Self.refused(row + firstRow, "its partition value is not UTF-8")
      }
      do throws(LakeError) {
        paths.append(try PartitionPath(valid, limits: limits))
      } catch {
        throw Self.refused(row + firstRow, error.message)
      }
    }
    self.paths = paths
    self.codes = codes
  }

  private static func refused(_ row: Int, _ why: String) -> LakeError {
    LakeError(
      .partitionInvalid, "row \(row): \(why)",
      hint: "a URL-encoded table can hold any partition value", facts: [("row", String(row))])
  }

  public var count: Int { codes.count }

  /// The path of a row.
  public subscript(row: Int) -> PartitionPath { paths[Int(codes[row])] }
}
