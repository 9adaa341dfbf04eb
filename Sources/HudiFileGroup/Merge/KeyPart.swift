// Spec: 10-merging. Some of the keys of a slice: those that are asked for, and of these a part by
// their hash, so that a large log side is folded a part at a time.
import LakeBase
import LakeColumns

/// Wanted keys whose hash is `index` modulo `count`.
public struct KeyPart: Sendable {
  public let index: Int
  public let count: Int
  /// nil: every key.
  public let wanted: KeySet?

  init(index: Int, count: Int, wanted: KeySet? = nil) {
    self.index = index
    self.count = count
    self.wanted = wanted
  }

  /// Every key.
  public static let all = KeyPart(index: 0, count: 1)

  /// Only these keys. [MERGE-29]
  public init(_ wanted: KeySet?) { self.init(index: 0, count: 1, wanted: wanted) }

  /// More parts than this are not made; a part that is still too large is held nevertheless.
  static let countMax = 4_096

  /// The two halves of this part; nil where it is not divided further.
  public var halves: [KeyPart]? {
    if count * 2 > Self.countMax { return nil }
    return [
      KeyPart(index: index, count: count * 2, wanted: wanted),
      KeyPart(index: index + count, count: count * 2, wanted: wanted),
    ]
  }

  /// The rows of this part; nil: all of them. Rows without a key are in a part of wanted keys, so
  /// that whoever needs keys finds them missing.
  func rows(_ keys: Column) -> Bitmap? {
    let part = count == 1 ? nil : keys.rows(inPart: index, of: count)
    guard let wanted else { return part }
    let found = wanted.find(keys)
    var bits = BitmapBuilder(capacity: found.count)
    for row in found.indices {
      bits.append((found[row] >= 0 || keys.isNull(row)) && (part?[row] ?? true))
    }
    return bits.take()
  }

  func deletes(_ all: LogDeletes) -> LogDeletes {
    guard let bits = rows(all.keys) else { return all }
    let rows = bits.selection()
    return LogDeletes(
      instant: all.instant, keys: all.keys.take(rows), order: all.order.map { $0.take(rows) },
      isOrdered: Bitmap(rows.map { all.isOrdered[Int($0)] }))
  }
}
