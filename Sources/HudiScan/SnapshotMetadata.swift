// Spec: 09-metadata-table. The metadata table of a snapshot, opened when somebody asks for it.
import HudiMetadata
import HudiModel
import HudiTimeline
import LakeBase
import LakeStorage
import Synchronization

/// One opening of the metadata table for all that a snapshot asks of it.
final class SnapshotMetadata: Sendable {
  private enum State {
    case unopened
    case open(MetadataTable)
    case none
  }

  private let context: TableContext
  private let timeline: Timeline
  private let state = Mutex(State.unopened)

  init(_ context: TableContext, _ timeline: Timeline) {
    self.context = context
    self.timeline = timeline
  }

  /// nil where the table's properties name none, and where it cannot be read: then the reason goes
  /// to the journal, once. [MDT-18]
  func table() throws(LakeError) -> MetadataTable? {
    guard context.usesMetadataTable, MetadataTable.isNamed(in: context.config) else { return nil }
    switch state.withLock({ $0 }) {
    case .open(let table): return table
    case .none: return nil
    case .unopened: break
    }
    do throws(LakeError) {
      let table = try MetadataTable(context.storage, context.config, timeline, context.world)
      state.withLock { $0 = .open(table) }
      return table
    } catch {
      if error.kind == .cancelled { throw error }
      distrust(error)
      return nil
    }
  }

  /// From here on there is none.
  func distrust(_ reason: LakeError) {
    state.withLock { $0 = .none }
    context.world.journal.decision("the metadata table is not used: \(reason)")
  }

  /// The listing that the metadata table keeps; nil: ask the directories. In layout 1 it knows
  /// lower bounds of the sizes of log files only.
  func listing(_ partitions: [PartitionPath]?) throws(LakeError) -> TableListing? {
    if timeline.layout == .one && context.config.type != .copyOnWrite { return nil }
    guard let table = try table() else { return nil }
    do throws(LakeError) {
      return try TableListing(table, only: partitions)
    } catch {
      if error.kind == .cancelled { throw error }
      distrust(error)
      return nil
    }
  }
}

extension Snapshot {
  /// Runs `body` with the files of all or some partitions, from the metadata table where it can be
  /// trusted. Files that it lacks are looked for in the directories before they are missing.
  /// [MDT-18]
  func withListing<T>(
    _ partitions: [PartitionPath]?, _ body: (TableListing) throws(LakeError) -> T
  ) throws(LakeError) -> T {
    if let listing = try metadata.listing(partitions) {
      do throws(LakeError) { return try body(listing) } catch {
        guard error.code == .dataFileMissing || error.code == .snapshotExpired else { throw error }
        metadata.distrust(error)
      }
    }
    if let partitions {
      return try body(
        try TableListing(context.storage, context.world.workers, only: partitions))
    }
    return try body(try TableListing(context.storage, context.world.workers))
  }
}
