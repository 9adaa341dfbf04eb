// Spec: 12-queries. Where a pull ended, as a text that the next pull begins with.
import HudiModel
import HudiTimeline
import LakeBase

/// An opaque position between commits. Pulling from it never skips a commit that was requested
/// earlier and finished later. [QUERY-36]
public struct IncrementalPosition: Sendable, Hashable, CustomStringConvertible {
  /// What was consumed.
  enum Place: Sendable, Hashable {
    /// Every completion up to this one: completion times are given in order under the lock.
    case completion(InstantTime)
    /// Layout 1 has no such order. Consumed is every request up to `floor` except `open`, and of
    /// the later ones those in `done`.
    case requests(floor: InstantTime?, done: [InstantTime], open: [InstantTime])
  }

  let place: Place
  /// Which table it is a position of: CRC-32 of its name, as the properties have it.
  let table: UInt32

  /// How long before the newest commit requests may still appear that this process has not seen:
  /// between choosing a time and announcing it a writer of layout 1 holds no lock.
  static let unannounced: Int64 = 600_000

  private init(_ place: Place, _ table: UInt32) {
    self.place = place
    self.table = table
  }

  init(after completion: InstantTime, _ config: TableConfig) {
    self.init(.completion(completion), Self.identity(config))
  }

  /// The position before the first completion.
  init(nothingOf config: TableConfig) {
    self.init(
      .requests(floor: nil, done: [], open: []), Self.identity(config))
  }

  /// The position after everything that a snapshot shows.
  init(_ snapshot: Snapshot) {
    let config = snapshot.context.config
    if snapshot.timeline.layout == .two,
      let newest = snapshot.timeline.completedWrites.map(\.completionOrder).max()
    {
      self.init(after: newest, config)
    } else {
      self.init(snapshot.timeline, after: IncrementalRange(), config)
    }
  }

  /// The position in layout 1 after a pull of `range`.
  init(_ timeline: Timeline, after range: IncrementalRange, _ config: TableConfig) {
    let upTo = IncrementalRange(.earliest, through: range.through)
    let consumed = timeline.completedWrites.filter { upTo.contains($0) }.map(\.requested)
    var floor = Self.floor(of: range.start)
    if let civil = consumed.last?.civilMilliseconds,
      let lag = InstantTime(civilMilliseconds: civil - Self.unannounced)
    {
      floor = Swift.max(floor ?? lag, lag)
    }
    var open: [InstantTime] = []
    if let floor {
      open = timeline.pendingWrites.map(\.requested).filter { $0 <= floor }
      let wanted = IncrementalRange(range.start)
      // Completed and wanted, but behind the end of this pull.
      for write in timeline.completedWrites where write.requested <= floor {
        if wanted.contains(write) && !range.contains(write) { open.append(write.requested) }
      }
    }
    let done = consumed.filter { time in floor.map { time > $0 } ?? true }
    self.init(
      .requests(floor: floor, done: done, open: open.sorted()), Self.identity(config))
  }

  private static func floor(of start: IncrementalRange.Start) -> InstantTime? {
    switch start {
    case .earliest: nil
    // What lies between was not asked for, and is not asked for again.
    case .after(let time): time
    case .position(let position):
      switch position.place {
      case .completion(let time): time
      case .requests(let floor, _, _): floor
      }
    }
  }

  private static func identity(_ config: TableConfig) -> UInt32 {
    TableConfig.checksum(database: config.database, name: config.name)
  }

  /// Whether a completed write is still to be consumed.
  func isBefore(_ instant: Instant) -> Bool {
    switch place {
    case .completion(let time): return instant.completionOrder > time
    case .requests(let floor, let done, let open):
      let requested = instant.requested
      let isLater = floor.map { requested > $0 } ?? true
      return isLater ? !done.contains(requested) : open.contains(requested)
    }
  }

  var lowerBound: InstantTime? {
    switch place {
    case .completion(let time): return time
    case .requests(let floor, _, let open):
      return open.isEmpty ? floor : nil
    }
  }

  // MARK: Text

  private static let mark = "lake1"
  private static let bytesMax = 1 << 20

  /// `lake1.<table>.<place>.<CRC-32C of what stands before>`, of letters, digits, `.`, `-`, `_`.
  public var text: String {
    let place: String
    switch self.place {
    case .completion(let time): place = "c\(time)"
    case .requests(let floor, let done, let open):
      place = (["r\(floor?.text ?? "")", Self.joined(done), Self.joined(open)]).joined(
        separator: "-")
    }
    let front = "\(Self.mark).\(String(table, radix: 16)).\(place)"
    return front + "." + Self.check(front)
  }

  public var description: String { text }

  private static func joined(_ times: [InstantTime]) -> String {
    times.map(\.text).joined(separator: "_")
  }

  private static func check(_ front: String) -> String {
    String(CRC32C.checksum(Array(front.utf8)), radix: 16)
  }

  /// Whether a text looks like a position, right or wrong.
  public static func isPosition(_ text: String) -> Bool { text.hasPrefix("lake") }

  /// Reads what `text` gave. Throws `positionMalformed` for anything else, a position of another
  /// table included. [QUERY-36]
  public init(_ text: String, of config: TableConfig) throws(LakeError) {
    func malformed(_ why: String) -> LakeError {
      LakeError(
        .positionMalformed, "the position \(why)",
        hint: "take it as an earlier pull printed it, or begin with an instant or `earliest`")
    }
    guard text.utf8.count <= Self.bytesMax else { throw malformed("is too long") }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, parts[0].hasPrefix("lake") else { throw malformed("is no position") }
    guard parts[0] == Self.mark else { throw malformed("is of the unknown form \(parts[0])") }
    let front = parts[0..<3].joined(separator: ".")
    guard Self.check(front) == parts[3] else { throw malformed("was cut short or changed") }
    guard let table = UInt32(parts[1], radix: 16), table == Self.identity(config) else {
      throw malformed("belongs to another table")
    }
    guard let place = Self.place(parts[2]) else { throw malformed("does not say where it is") }
    self.init(place, table)
  }

  private static func place(_ text: String) -> Place? {
    let rest = text.dropFirst()
    switch text.first {
    case "c": return InstantTime(rest).map { .completion($0) }
    case "r":
      let parts = rest.split(separator: "-", omittingEmptySubsequences: false)
      let floor = InstantTime(parts[0])
      guard parts.count == 3, parts[0].isEmpty || floor != nil, let done = times(parts[1]),
        let open = times(parts[2])
      else { return nil }
      return .requests(floor: floor, done: done, open: open)
    default: return nil
    }
  }

  private static func times(_ text: Substring) -> [InstantTime]? {
    if text.isEmpty { return [] }
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    let times = parts.compactMap { InstantTime($0) }
    return times.count == parts.count ? times : nil
  }
}
