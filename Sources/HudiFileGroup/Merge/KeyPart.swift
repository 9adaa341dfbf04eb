// Spec: 12d-changes. Some of the keys of a slice by their hash, so that a large state is compared a
// part at a time.
import LakeBase
import LakeColumns

/// Keys whose hash is `index` modulo `count`.
struct KeyPart {
  let index: Int
  let count: Int

  /// Every key.
  static let all = KeyPart(index: 0, count: 1)

  /// More parts than this are not made; a part that is still too large is held nevertheless.
  static let countMax = 4_096

  /// The two halves of this part; nil where it is not divided further.
  var halves: [KeyPart]? {
    if count * 2 > Self.countMax { return nil }
    return [
      KeyPart(index: index, count: count * 2), KeyPart(index: index + count, count: count * 2),
    ]
  }

  /// The rows of this part; nil: all of them.
  func rows(_ keys: Column) -> Bitmap? {
    count == 1 ? nil : keys.rows(inPart: index, of: count)
  }
}
