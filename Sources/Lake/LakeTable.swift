// Spec: 12-queries. An open table.
import HudiModel
import HudiScan
import HudiTimeline
import LakeBase
import LakeStorage

/// A table in a directory. Safe to use from several threads; holds no lock and no open file.
public final class LakeTable: Sendable {
  public let context: TableContext

  public init(_ context: TableContext) { self.context = context }

  public var storage: any Storage { context.storage }
  public var config: TableConfig { context.config }
  public var world: World { context.world }

  /// Opens the table at `path`. Throws `tableNotFound`, `tableVersionUnsupported`,
  /// `tableFeatureUnsupported`, and what reading the directory may throw.
  public static func open(
    _ path: String, durability: Durability = .full, _ world: World = World()
  ) throws(LakeError) -> LakeTable {
    let storage: LocalStorage
    do throws(LakeError) {
      storage = try LocalStorage(root: path, world: world, durability: durability)
    } catch {
      guard error.code == .fileNotFound else { throw error }
      throw LakeError(
        .tableNotFound, "there is no table at \(path)", hint: "lake init \(path) makes one")
    }
    return try open(storage, world)
  }

  /// Opens the table at the root of `storage`.
  public static func open(
    _ storage: any Storage, _ world: World = World()
  ) throws(LakeError) -> LakeTable {
    let config = try TableHome.load(storage, world)
    try config.requireReadable()
    return LakeTable(TableContext(storage, config, world))
  }

  /// Makes a new table at `path`, creating the directory. Throws `tableExists`.
  public static func create(
    _ path: String, _ options: TableOptions, durability: Durability = .full,
    _ world: World = World()
  ) throws(LakeError) -> LakeTable {
    var options = options
    if options.name.isEmpty { options.name = TableOptions.name(of: path) }
    let config = try options.config()
    let storage = try LocalStorage(
      root: path, world: world, createRoot: true, durability: durability)
    return try create(storage, config, world)
  }

  /// Makes a new table at the root of `storage`.
  public static func create(
    _ storage: any Storage, _ config: TableConfig, _ world: World = World()
  ) throws(LakeError) -> LakeTable {
    try TableHome.create(config, on: storage, world)
    return LakeTable(TableContext(storage, config, world))
  }
}
