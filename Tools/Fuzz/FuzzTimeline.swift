// Archives, timelines and what instants say: everything that is read before any file of rows.
import HudiModel
import HudiTimeline
import LakeBase
import LakeStorage

enum FuzzArchive {
  /// The first byte chooses: an archive log, a history file, a history with its manifest, or a
  /// timeline's names with the content of one instant each.
  static func run(_ input: Buffer) throws(LakeError) {
    guard input.count > 1 else { return }
    let bytes = input[1..<input.count]
    switch input[0] & 7 {
    case 0: try entries(ArchivedTimeline.entries(ofFile: BufferSource(bytes), .one, limits))
    case 1: try entries(ArchivedTimeline.entries(ofFile: BufferSource(bytes), .two, limits))
    case 2: try manifest(bytes)
    case 3: try timeline(bytes, .six)
    default: try timeline(bytes, .nine)
    }
  }

  private static let limits = {
    var limits = Limits()
    limits.avroBlockBytesMax = 4 << 20
    limits.zeroSizeItemsMax = 10_000
    return limits
  }()

  private static func entries(_ entries: [ArchivedTimeline.Entry]) throws(LakeError) {
    for entry in entries {
      let metadata: CommitMetadata?
      do throws(LakeError) {
        metadata = try entry.commitMetadata(limits)
      } catch { continue }
      precondition(metadata == nil || entry.instant.action.isWrite, "a write's metadata")
      let shown: JSONValue?
      do throws(LakeError) { shown = try entry.tree(limits) } catch {
        preconditionFailure("metadata that is read cannot be shown: \(error)")
      }
      precondition(metadata == nil || shown != nil, "metadata comes from a content")
    }
  }

  private static func store(_ version: TableVersion) throws(LakeError) -> TimelineStore {
    var table = NewTable("fuzz")
    table.version = version
    let world = World(
      clock: FixedClock(1_780_000_000_000), random: SeededRandom(1), workers: Workers(width: 1),
      limits: limits)
    let config = try table.config()
    let store = TimelineStore(MemoryStorage(world: world), config, world)
    for directory in [config.timelineDirectory, config.archiveDirectory] {
      try store.storage.makeDirectory(StoragePath(directory))
    }
    return store
  }

  /// Up to the first line feed `_version_`, then the manifest; the files it names are empty.
  private static func manifest(_ bytes: Buffer) throws(LakeError) {
    let store = try store(.nine)
    let archive = try StoragePath(store.config.archiveDirectory)
    let end = (0..<bytes.count).first { bytes[$0] == 0x0A } ?? bytes.count
    try put(bytes[0..<end], archive.appending("_version_"), store)
    try put(
      bytes[Swift.min(end + 1, bytes.count)..<bytes.count], archive.appending("manifest_1"), store)
    let found = try store.archived()
    precondition(found.entries.isEmpty, "instants without files")
  }

  private static func put(
    _ bytes: Buffer, _ path: StoragePath, _ store: TimelineStore
  ) throws(LakeError) {
    _ = try store.storage.publish(bytes, at: path, .replacing)
  }

  /// A line an instant file: its name, a tab, its content.
  private static func timeline(_ bytes: Buffer, _ version: TableVersion) throws(LakeError) {
    let store = try store(version)
    var start = 0
    var names = 0
    while start < bytes.count, names < 64 {
      let end = (start..<bytes.count).first { bytes[$0] == 0x0A } ?? bytes.count
      let tab = (start..<end).first { bytes[$0] == 0x09 } ?? end
      if let name = bytes[start..<tab].text, !name.isEmpty {
        do throws(LakeError) {
          try put(bytes[Swift.min(tab + 1, end)..<end], store.path(name), store)
          names += 1
        } catch {}
      }
      start = end + 1
    }
    let timeline = try store.load()
    for (earlier, later) in zip(timeline.instants, timeline.instants.dropFirst()) {
      precondition(earlier.requested <= later.requested, "instants are in order")
    }
    for instant in timeline.instants { try check(instant, timeline, store) }
  }

  private static func check(
    _ instant: Instant, _ timeline: Timeline, _ store: TimelineStore
  ) throws(LakeError) {
    precondition(timeline.instant(instant.requested) != nil, "an instant is found by its time")
    let name = instant.fileName(store.layout)
    if !instant.isLegacy {
      guard case .instant(let again) = InstantFileName(name, store.layout) else {
        preconditionFailure("\(name) does not name an instant")
      }
      precondition(again.requested == instant.requested && again.state == instant.state)
      precondition(again.completed == instant.completed, "a name tells the completion")
    }
    do throws(LakeError) {
      _ = try store.content(of: instant)
      if instant.isCompleted && instant.action.isWrite {
        _ = try store.commitMetadata(of: instant)
      }
    } catch {
      precondition(error.path != nil, "an error names its file")
    }
  }
}

/// Commits, replacements and plans in the forms that instant files have.
enum FuzzMetadata {
  private static let limits = {
    var limits = Limits()
    limits.avroBlockBytesMax = 4 << 20
    limits.zeroSizeItemsMax = 10_000
    return limits
  }()

  /// The first byte chooses what the rest is read as. What is read can be written, and what was
  /// written is read and written again as the same bytes.
  static func run(_ input: Buffer) throws(LakeError) {
    guard input.count > 1 else { return }
    let bytes = input[1..<input.count]
    switch input[0] & 15 {
    case 0...4: try commit(bytes)
    case 5:
      try again(bytes) { bytes throws(LakeError) in
        try CleanPlan(parsing: bytes, limits: limits).encode(random: SeededRandom(1))
      }
    case 6:
      try again(bytes) { bytes throws(LakeError) in
        try CleanMetadata(parsing: bytes, limits: limits).encode(random: SeededRandom(1))
      }
    case 7:
      try again(bytes) { bytes throws(LakeError) in
        try CompactionPlan(parsing: bytes, limits: limits).encode(random: SeededRandom(1))
      }
    case 8:
      try again(bytes) { bytes throws(LakeError) in
        try RequestedReplaceMetadata(parsing: bytes, limits: limits)
          .encode(random: SeededRandom(1))
      }
    case 9:
      try again(bytes) { bytes throws(LakeError) in
        try RollbackPlan(parsing: bytes, limits: limits).encode(random: SeededRandom(1))
      }
    case 10:
      try again(bytes) { bytes throws(LakeError) in
        try RollbackMetadata(parsing: bytes, limits: limits).encode(random: SeededRandom(1))
      }
    case 11:
      try again(bytes) { bytes throws(LakeError) in
        try RestorePlan(parsing: bytes, limits: limits).encode(random: SeededRandom(1))
      }
    case 12:
      try again(bytes) { bytes throws(LakeError) in
        try RestoreMetadata(parsing: bytes, limits: limits).encode(random: SeededRandom(1))
      }
    case 13:
      try again(bytes) { bytes throws(LakeError) in
        try SavepointMetadata(parsing: bytes, limits: limits).encode(random: SeededRandom(1))
      }
    case 14:
      try again(bytes) { bytes throws(LakeError) in
        try IndexPlan(parsing: bytes, limits: limits)
          .encode(.completed, random: SeededRandom(1))
      }
    default: _ = try InstantContent.tree(of: bytes, limits: limits)
    }
  }

  private static func commit(_ bytes: Buffer) throws(LakeError) {
    let metadata = try CommitMetadata(parsing: bytes, limits: limits)
    _ = metadata.totals
    _ = metadata.operation
    do throws(LakeError) {
      try metadata.validate()
      _ = try metadata.touchedGroups()
    } catch {}
    do throws(LakeError) { try CommitDigest.verify(bytes) } catch {}
    for (layout, action) in [
      (TimelineLayout.one, Action.commit), (.two, .commit), (.two, .replacecommit),
    ] {
      let random = SeededRandom(1)
      guard
        let first = written({ () throws(LakeError) in
          try metadata.encode(layout, action, random: random)
        })
      else { continue }
      let second = written { () throws(LakeError) in
        try CommitMetadata(parsing: first).encode(layout, action, random: SeededRandom(1))
      }
      precondition(first == second, "metadata changes when it is written again")
    }
  }

  private static func again(
    _ bytes: Buffer, _ rewrite: (Buffer) throws(LakeError) -> Buffer
  ) throws(LakeError) {
    let first: Buffer
    do throws(LakeError) { first = try rewrite(bytes) } catch {
      precondition(error.kind != .defect, "what is read cannot be written: \(error)")
      return
    }
    do throws(LakeError) {
      let second = try rewrite(first)
      precondition(second == first, "a plan changes when it is written again")
    } catch { preconditionFailure("what was written cannot be read: \(error)") }
  }

  private static func written(_ encode: () throws(LakeError) -> Buffer) -> Buffer? {
    do throws(LakeError) { return try encode() } catch {
      preconditionFailure("metadata cannot be written: \(error)")
    }
  }
}
