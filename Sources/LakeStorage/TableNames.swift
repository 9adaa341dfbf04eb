// Spec: 15-storage. The names lake adds inside a table; nothing else is added.
import LakeBase

/// Where lake keeps what Hudi does not know: below directories that Hudi ignores. [STORE-30]
public enum TableNames {
  /// Everything of lake's own.
  public static let locks = ".hoodie/.locks/lake"
  /// The file whose kernel lock is the critical section; never deleted, always empty.
  public static let gate = locks + "/gate"
  /// Who holds the gate, for error texts only.
  public static let gateOwner = locks + "/gate.owner"
  /// Which arbiter this table uses.
  public static let arbiter = locks + "/arbiter"
  /// Results of storage probes.
  public static let probes = locks + "/probe"
  /// Where probes and other scratch files live while they run.
  public static let auxiliary = ".hoodie/.aux"
  /// Signs of life, one file per running instant; Hudi looks here too.
  public static let heartbeats = ".hoodie/.heartbeat"
  /// What a heartbeat of ours says before the writer's identifier.
  public static let writerMark = "lake.writer="

  /// The name under which a file is prepared before it is published as `path`.
  public static func temporary(for path: StoragePath, _ identifier: String) throws(LakeError)
    -> StoragePath
  {
    let suffix = "." + identifier + ".tmp"
    // A long name is shortened so that the temporary one still fits a segment.
    let room = Swift.max(1, Limits.standard.pathSegmentBytesMax - suffix.utf8.count)
    var name = path.name
    while name.utf8.count > room { name.removeLast() }
    return try path.parent.appending(name + suffix)
  }
}
