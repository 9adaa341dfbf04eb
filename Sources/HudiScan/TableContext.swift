// Spec: 12-queries. What every query and every write of a table starts from.
import HudiModel
import HudiTimeline
import LakeBase
import LakeStorage

/// An open table: where it lies, how it is configured, and its timeline.
public struct TableContext: Sendable {
  public let storage: any Storage
  public let config: TableConfig
  public let world: World
  public let store: TimelineStore
  public let commits: CommitCache
  /// Whether the metadata table may answer for directories and files. [MDT-18]
  public var usesMetadataTable = true

  public init(_ storage: any Storage, _ config: TableConfig, _ world: World) {
    self.storage = storage
    self.config = config
    self.world = world
    store = TimelineStore(storage, config, world)
    commits = CommitCache(store)
  }

  /// The same table under changed properties.
  public func with(_ config: TableConfig) -> TableContext {
    var context = TableContext(storage, config, world)
    context.usesMetadataTable = usesMetadataTable
    return context
  }
}
