// Spec: 09-metadata-table. The table below `.hoodie/metadata`, open for one snapshot of its table.
import HudiModel
import HudiTimeline
import LakeBase
import LakeStorage
import Synchronization

/// The indexes of a table at a snapshot. Safe to use from several threads; what is opened stays
/// open.
public final class MetadataTable: Sendable {
  /// Below the table's root.
  public static let directory = ".hoodie/metadata"

  /// Indexes that readers may trust, in the order of the table's properties.
  public let partitions: [String]
  public let definitions: IndexDefinitions
  /// Of the metadata table, the same as its table's.
  public let version: TableVersion
  let reader: MetadataReader
  private let opened = Mutex<[String: MetadataPartition]>([:])

  /// Whether the properties name a metadata table at all. [MDT-1]
  public static func isNamed(in config: TableConfig) -> Bool {
    trusted(config).contains("files")
  }

  private static func trusted(_ config: TableConfig) -> [String] {
    let building = Set(config.metadataPartitionsInflight)
    return config.metadataPartitions.filter { !building.contains($0) }
  }

  /// - Parameters:
  ///   - storage: the table's, rooted at the table.
  ///   - timeline: of the snapshot; loaded before this, so that everything it shows is in the
  ///     metadata table too.
  ///
  /// Throws `metadataTableMissing` unless the properties name `files` and the directory holds a
  /// table of the same version, and what loading a timeline throws.
  public init(
    _ storage: any Storage, _ config: TableConfig, _ timeline: Timeline, _ world: World
  ) throws(LakeError) {
    guard Self.isNamed(in: config) else {
      throw LakeError(.metadataTableMissing, "the table's properties name no metadata table")
    }
    let inner = FolderStorage(storage, try StoragePath(Self.directory))
    let own: TableConfig
    do throws(LakeError) {
      own = try TableHome.load(inner, world)
    } catch {
      guard error.kind == .notFound else { throw error }
      throw LakeError(
        .metadataTableMissing, "the properties name a metadata table, and there is none",
        path: Self.directory)
    }
    guard own.version == config.version else {
      throw LakeError(
        .metadataTableMalformed,
        "a metadata table of version \(own.version) in a table of version \(config.version)",
        path: Self.directory)
    }
    let store = TimelineStore(inner, own, world)
    let loaded = try store.load()
    let filter = MetadataTimeline(loaded, of: timeline).filter
    var completions: [InstantTime: InstantTime] = [:]
    if own.layout == .two {
      for instant in loaded.completedWrites { completions[instant.requested] = instant.completed }
    }
    let inputs = ViewInputs(
      layout: own.layout, filter: filter, completions: completions,
      pendingCompactions: try Self.pendingCompactions(store, loaded, world))
    partitions = Self.trusted(config)
    version = own.version
    definitions = try IndexDefinitions(storage, config, world.limits)
    reader = MetadataReader(
      storage: storage, inputs: inputs, version: own.version, world: world,
      decoders: MetadataDecoders(world.limits))
  }

  private static func pendingCompactions(
    _ store: TimelineStore, _ timeline: Timeline, _ world: World
  ) throws(LakeError) -> [FileGroupID: InstantTime] {
    var groups: [FileGroupID: InstantTime] = [:]
    for instant in timeline.pendingCompactions {
      let plan = try CompactionPlan(parsing: try store.plan(of: instant), limits: world.limits)
      for operation in plan.operations ?? [] {
        let group = try operation.group()
        groups[group] = Swift.max(groups[group] ?? instant.requested, instant.requested)
      }
    }
    return groups
  }

  public func has(_ partition: String) -> Bool { partitions.contains(partition) }

  /// An index by the name of its partition; `metadataTableMissing` unless the properties name it.
  /// [MDT-1]
  public func partition(_ name: String) throws(LakeError) -> MetadataPartition {
    guard has(name) else {
      throw LakeError(.metadataTableMissing, "the table has no index \(name)")
    }
    if let known = opened.withLock({ $0[name] }) { return known }
    let made = try MetadataPartition(name, reader)
    return opened.withLock { known in
      if let known = known[name] { return known }
      known[name] = made
      return made
    }
  }
}

/// What the partitions of a metadata table read with.
struct MetadataReader: Sendable {
  let storage: any Storage
  let inputs: ViewInputs
  let version: TableVersion
  let world: World
  let decoders: MetadataDecoders

  /// A partition's directory below the table's root.
  func directory(_ partition: String) throws(LakeError) -> StoragePath {
    try StoragePath(MetadataTable.directory + "/" + partition)
  }
}
