// Spec: 05-commit-metadata. Which files a savepoint keeps from being cleaned.
import LakeBase

/// The completed file of a savepoint.
public struct SavepointMetadata: Sendable, Hashable {
  public var savepointedBy: String
  /// Milliseconds since 1970.
  public var savepointedAt: Int64
  public var comments: String
  /// Names of base and log files by partition path.
  public var files: OrderedMap<[String]>
  public var version: Int32?

  public init(
    by user: String, at milliseconds: Int64, comments: String, _ files: OrderedMap<[String]>
  ) {
    savepointedBy = user
    savepointedAt = milliseconds
    self.comments = comments
    self.files = files
    version = 1
  }

  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    let reader = try TreeReader(try AvroTree.read(bytes, limits: limits), "savepoint metadata")
    savepointedBy = try reader.string("savepointedBy") ?? ""
    savepointedAt = try reader.long("savepointedAt") ?? 0
    comments = try reader.string("comments") ?? ""
    files =
      try reader.map("partitionMetadata") { tree throws(LakeError) in
        try TreeReader(tree, "a savepointed partition").strings("savepointDataFile")
      } ?? [:]
    version = try reader.int("version")
  }

  public func encode(random: any RandomSource = SystemRandom()) throws(LakeError) -> Buffer {
    let partitions = files.entries.map { entry -> (name: String, value: JSONValue) in
      (
        entry.key,
        .object([
          ("partitionPath", .string(entry.key)), ("savepointDataFile", .texts(entry.value)),
        ])
      )
    }
    let tree = JSONValue.object([
      ("savepointedBy", .string(savepointedBy)), ("savepointedAt", .integer(savepointedAt)),
      ("comments", .string(comments)), ("partitionMetadata", .object(partitions)),
      ("version", .int(version)),
    ])
    return try AvroTree.write(tree, AvroResources.savepointMetadata, random)
  }
}
