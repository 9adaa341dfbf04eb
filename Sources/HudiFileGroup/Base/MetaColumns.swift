// Spec: 06-base-files. The five columns that Hudi puts before the data.
import HudiModel
import LakeBase
import LakeColumns

/// What the meta columns of new rows say.
public struct MetaColumns: Sendable {
  public let instant: InstantTime
  public let token: WriteToken
  public let partition: PartitionPath
  public let fileName: String

  public init(
    _ instant: InstantTime, _ token: WriteToken, _ partition: PartitionPath, fileName: String
  ) {
    self.instant = instant
    self.token = token
    self.partition = partition
    self.fileName = fileName
  }

  /// The meta columns of rows new in this file, in `MetaField` order.
  ///
  /// - Parameter first: number of the first row; `_hoodie_commit_seqno` is
  ///   `<instant>_<task>_<number>`. [BASE-21]
  public func columns(keys: Column, firstNumber first: Int) -> [Column] {
    let task = token.text.prefix { $0 != "-" }
    return [
      .constant(instant.text, count: keys.count),
      .numbered("\(instant)_\(task)_", from: first, count: keys.count),
      keys,
      .constant(partition.text, count: keys.count),
      .constant(fileName, count: keys.count),
    ]
  }

  /// The file name column of rows carried over from an older file. [BASE-22]
  public func fileNames(count: Int) -> Column { .constant(fileName, count: count) }
}
