// Spec: 03-table-config. A table's directories and its properties file (R36).
import HudiModel
import LakeBase
import LakeStorage

/// Creates tables and reads and changes their properties.
public enum TableHome {
  public static let directory = ".hoodie"
  public static let propertiesPath = ".hoodie/hoodie.properties"
  public static let backupPath = ".hoodie/hoodie.properties.backup"

  /// How often a properties file that is missing or invalid is read again, and the pause in
  /// between.
  private static let loadRetries = 5
  private static let loadPause: Int64 = 40

  /// Whether there is a table at the storage's root.
  public static func exists(_ storage: any Storage) throws(LakeError) -> Bool {
    if try storage.entry(StoragePath(propertiesPath)) != nil { return true }
    return try storage.entry(StoragePath(backupPath)) != nil
  }

  /// Makes the directories of a new table, then its properties: whoever publishes them first has
  /// made the table, everybody else gets `tableExists`. [CONF-9]
  public static func create(
    _ config: TableConfig, on storage: any Storage, _ world: World
  ) throws(LakeError) {
    if try exists(storage) { throw taken(storage) }
    try storage.requireWritable(allowVolatile: config.flag(TableConfig.Key.lakeAllowVolatile))
    for folder in [".hoodie/.temp", ".hoodie/.aux", ".hoodie/.schema"] {
      try storage.makeDirectory(StoragePath(folder))
    }
    try storage.makeDirectory(StoragePath(config.timelineDirectory))
    try storage.makeDirectory(StoragePath(config.archiveDirectory))
    // Publishing the properties makes the table: nothing may fail after it.
    try storage.settleAll()
    let bytes = config.encode(now: world.clock.now(), isUpdate: false)
    switch try storage.publish(bytes, at: StoragePath(propertiesPath), .ifAbsent) {
    case .done: return
    case .exists: throw taken(storage)
    case .unknown:
      throw LakeError(
        .outcomeUnknown, "the store did not answer whether the table was created",
        path: propertiesPath)
    }
  }

  private static func taken(_ storage: any Storage) -> LakeError {
    LakeError(.tableExists, "there is a table at \(storage.rootDescription) already")
  }

  /// Reads the properties. A file that is missing, empty or fails its checksum is read again, then
  /// its backup is taken; a table without either is `tableNotFound`. [CONF-10]
  public static func load(
    _ storage: any Storage, _ world: World
  ) throws(LakeError) -> TableConfig {
    var failure: LakeError?
    for attempt in 0..<loadRetries {
      if attempt > 0 { world.clock.sleep(milliseconds: loadPause) }
      for path in [propertiesPath, backupPath] {
        do throws(LakeError) {
          if let config = try read(path, storage, world) { return config }
        } catch {
          guard error.kind == .corrupted else { throw error }
          if failure == nil || path == propertiesPath { failure = error }
        }
      }
      // Nothing at all: no writer leaves a table without both files, not even for a moment.
      if failure == nil { break }
    }
    if let failure { throw failure }
    throw LakeError(
      .tableNotFound, "there is no table at \(storage.rootDescription)",
      hint: "lake init makes one")
  }

  private static func read(
    _ path: String, _ storage: any Storage, _ world: World
  ) throws(LakeError) -> TableConfig? {
    let place = try StoragePath(path)
    let bytes: Buffer
    do throws(LakeError) {
      bytes = try storage.readAll(place, limit: world.limits.propertiesBytesMax)
    } catch {
      if error.code == .fileNotFound { return nil }
      throw error
    }
    return try naming(path) { () throws(LakeError) in
      try TableConfig(parsing: bytes, limits: world.limits)
    }
  }

  /// Changes properties (nil takes one out). Inside the critical section. The backup is durable
  /// before the file is replaced, so that a reader finds one of the two whole at every moment.
  /// [CONF-11]
  @discardableResult
  public static func update(
    _ changes: [(key: String, value: String?)], on storage: any Storage, _ world: World
  ) throws(LakeError) -> TableConfig {
    try recover(storage, world)
    let current = try load(storage, world)
    let changed = try current.setting(changes)
    if changed.properties == current.properties { return current }
    let now = world.clock.now()
    let backup = try StoragePath(backupPath)
    try require(
      storage.publish(current.encode(now: now, isUpdate: true), at: backup, .replacing), backupPath)
    let file = try StoragePath(propertiesPath)
    try require(
      storage.publish(changed.encode(now: now, isUpdate: true), at: file, .replacing),
      propertiesPath)
    try storage.delete(backup)
    try storage.settle(StoragePath(directory))
    return changed
  }

  private static func require(_ outcome: PublishOutcome, _ path: String) throws(LakeError) {
    guard outcome != .done else { return }
    throw LakeError(
      .outcomeUnknown, "the store did not answer whether the properties were replaced", path: path)
  }

  /// Finishes what a predecessor left: a missing or invalid file is restored from its backup, and
  /// the backup goes.
  private static func recover(_ storage: any Storage, _ world: World) throws(LakeError) {
    let backup = try StoragePath(backupPath)
    guard try storage.entry(backup) != nil else { return }
    let current = try? read(propertiesPath, storage, world)
    if current == nil {
      let saved = try storage.readAll(backup, limit: world.limits.propertiesBytesMax)
      _ = try TableConfig(parsing: saved, limits: world.limits)
      try require(
        storage.publish(saved, at: StoragePath(propertiesPath), .replacing), propertiesPath)
    }
    try storage.delete(backup)
    try storage.settle(StoragePath(directory))
  }
}
