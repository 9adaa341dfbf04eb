// Spec: 09-metadata-table. Which instants of the metadata table are believed.
import HudiModel
import HudiTimeline
import LakeBase

/// Judges the instants of a metadata table by the timeline of the table it describes.
///
/// The metadata table is written first: what it says of an instant that the table has not completed
/// must not be seen, nor what it says of instants later than the snapshot. [MDT-9]
struct MetadataTimeline {
  private let data: Timeline
  private let own: Timeline
  private let pending: Set<InstantTime>
  private let completed: Set<InstantTime>
  private let newest: InstantTime?

  init(_ own: Timeline, of data: Timeline) {
    self.own = own
    self.data = data
    pending = Set(data.pending.map(\.requested))
    completed = Set(data.completed.map(\.requested))
    newest = data.newestTime
  }

  /// Which files and blocks of the metadata table count.
  var filter: InstantFilter {
    var believed: Set<InstantTime> = []
    var hidden = Set(own.pending.map(\.requested)).union(pending)
    for instant in own.completed {
      if believes(instant.requested) {
        believed.insert(instant.requested)
      } else {
        hidden.insert(instant.requested)
      }
    }
    return InstantFilter(completed: believed, hidden: hidden, start: own.start)
  }

  private func believes(_ time: InstantTime) -> Bool {
    let text = time.text
    // Made while an index was built, before any instant of the table.
    if text.hasPrefix("00000000000000") { return true }
    if pending.contains(time) { return false }
    if completed.contains(time) { return true }
    // Version 6 hangs three digits on an instant of the table for what it does on its own.
    if own.layout == .one, text.utf8.count == 20, let origin = InstantTime(text.prefix(17)) {
      return isSeen(origin)
    }
    // Of version 6 a vanished instant was rolled back; an older one is archived.
    if own.layout == .one { return data.start.map { time < $0 } ?? false }
    return isSeen(time)
  }

  private func isSeen(_ time: InstantTime) -> Bool { newest.map { time <= $0 } ?? false }
}
