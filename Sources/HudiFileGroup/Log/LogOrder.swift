// Spec: 07-log-files. Admission, rollbacks and log compactions: from blocks in file order to blocks
// in merge order.
import HudiModel
import LakeBase

/// Collects the blocks of a slice in file order and puts those that count into merge order.
struct LogOrder {
  private let admission: LogAdmission
  /// Blocks of one instant, in file order.
  private struct Group {
    let instant: InstantTime
    var items: [LogScan.Item] = []
  }

  /// In the order in which instants first arrive; empty where one was rolled back.
  private var groups: [Group] = []
  private var places: [InstantTime: Int] = [:]
  private var hasCompacted = false
  private(set) var gapCount = 0
  private(set) var rolledBackCount = 0

  init(_ admission: LogAdmission) { self.admission = admission }

  mutating func add(_ block: LogBlock, _ file: Int, _ path: String) throws(LakeError) {
    switch block.type {
    case .corrupt: gapCount += 1
    case .command: try rollBack(block, path)
    case .cdcData:
      throw LakeError(
        .logMalformed, "a block of changes in a log of rows", path: path, offset: block.offset)
    case .avroData, .hfileData, .parquetData, .delete:
      guard let instant = block.instant else {
        throw LakeError(
          .logMalformed, "a block without the time of its instant", path: path,
          offset: block.offset)
      }
      guard admission.admits(instant) else { return }
      let item = LogScan.Item(file: file, block: block, instant: instant)
      if let times = block.header[.compactedBlockTimes] {
        guard block.compacted.count == times.split(separator: ",").count, !times.isEmpty else {
          throw LakeError(
            .logMalformed, "\"\(times)\" are no times of replaced instants", path: path,
            offset: block.offset)
        }
        hasCompacted = true
      }
      if let place = places[instant] {
        groups[place].items.append(item)
      } else {
        places[instant] = groups.count
        groups.append(Group(instant: instant, items: [item]))
      }
    }
  }

  /// A command takes back what came before it of its target, whatever its own time is. [LOG-21]
  private mutating func rollBack(_ block: LogBlock, _ path: String) throws(LakeError) {
    guard block.header[.commandBlockType] == "0", let target = block.target else {
      let kind = block.header[.commandBlockType] ?? "none"
      throw LakeError(
        kind == "0" ? .logMalformed : .logUnsupported,
        kind == "0" ? "a rollback command without a target" : "a command of type \(kind)",
        path: path, offset: block.offset)
    }
    guard let place = places.removeValue(forKey: target) else { return }
    rolledBackCount += groups[place].items.count
    groups[place].items = []
  }

  func result() -> [LogScan.Item] {
    let live = groups.filter { !$0.items.isEmpty }
    guard hasCompacted else {
      // File order, also where the blocks of two instants alternate.
      return live.flatMap(\.items).sorted {
        ($0.file, $0.block.offset) < ($1.file, $1.block.offset)
      }
    }
    return Self.collapsed(live)
  }

  /// The newest instants first: a compacted instant names what it replaces and takes the place of
  /// the newest of those. [LOG-22]
  private static func collapsed(_ groups: [Group]) -> [LogScan.Item] {
    var byInstant: [InstantTime: Group] = [:]
    for group in groups { byInstant[group.instant] = group }
    var replacement: [InstantTime: InstantTime] = [:]
    var emitted: Set<InstantTime> = []
    var newestFirst: [[LogScan.Item]] = []
    for group in groups.reversed() {
      let compacted = group.items[0].block.header[.compactedBlockTimes] != nil
      if compacted {
        let final = replacement[group.instant] ?? group.instant
        for original in group.items[0].block.compacted { replacement[original] = final }
        continue
      }
      guard let final = replacement[group.instant] else {
        newestFirst.append(group.items)
        continue
      }
      if let group = byInstant[final], emitted.insert(final).inserted {
        newestFirst.append(group.items)
      }
    }
    return newestFirst.reversed().flatMap { $0 }
  }
}
