// Spec: 13-concurrency. A file that a rollback takes away.
import HudiModel

/// A data file by partition and name.
struct RollbackFile: Sendable, Hashable, Comparable {
  let partition: PartitionPath
  let name: String

  static func < (left: RollbackFile, right: RollbackFile) -> Bool {
    left.partition != right.partition
      ? left.partition < right.partition
      : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }
}
