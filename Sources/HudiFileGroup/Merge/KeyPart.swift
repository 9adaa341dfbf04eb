// Spec: 10-merging. Keys in parts by their hash, so that a large log side is folded a part at a
// time.
import LakeBase
import LakeColumns

/// The keys whose hash is `index` modulo `count`.
public struct KeyPart: Sendable, Hashable {
  public let index: Int
  public let count: Int

  /// Every key.
  public static let all = KeyPart(index: 0, count: 1)

  /// More parts than this are not made; a part that is still too large is held nevertheless.
  static let countMax = 4_096

  /// The two halves of this part; nil where it is not divided further.
  public var halves: [KeyPart]? {
    if count * 2 > Self.countMax { return nil }
    return [
      KeyPart(index: index, count: count * 2), KeyPart(index: index + count, count: count * 2),
    ]
  }

  /// The rows of this part; nil: all of them.
  func rows(_ keys: Column) -> Bitmap? {
    count == 1 ? nil : keys.rows(inPart: index, of: count)
  }

  func deletes(_ all: LogDeletes) -> LogDeletes {
    guard let bits = rows(all.keys) else { return all }
    let rows = bits.selection()
    return LogDeletes(
      instant: all.instant, keys: all.keys.take(rows), order: all.order.map { $0.take(rows) },
      isOrdered: Bitmap(rows.map { all.isOrdered[Int($0)] }))
  }
}
