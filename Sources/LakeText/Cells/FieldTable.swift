// Spec: 14-text-rows. Where each field of each row lies in a piece of text.
import LakeBase

/// Begin and end of every field, row by row. One entry is 8 bytes: start in the low half, end in
/// the high half with two flags on top. Offsets stay below 2^30.
struct FieldTable {
  /// The field was in quotes, which are left out of it.
  static let quoted: UInt64 = 1 << 63
  /// The field holds escapes.
  static let escaped: UInt64 = 1 << 62

  enum Dialect { case csv(quote: UInt8), json }

  let base: UnsafePointer<UInt8>
  let entries: UnsafePointer<UInt64>
  let width: Int
  let rows: Int
  let dialect: Dialect
  /// Keeps what the pointers point into alive.
  let owners: [Buffer]

  @inline(__always)
  static func entry(_ start: Int, _ end: Int, _ flags: UInt64 = 0) -> UInt64 {
    UInt64(truncatingIfNeeded: start) | UInt64(truncatingIfNeeded: end) << 32 | flags
  }

  @inline(__always)
  static func start(_ entry: UInt64) -> Int { Int(entry & 0xFFFF_FFFF) }

  @inline(__always)
  static func end(_ entry: UInt64) -> Int { Int((entry >> 32) & 0x3FFF_FFFF) }

  @inline(__always)
  static func isQuoted(_ entry: UInt64) -> Bool { entry & quoted != 0 }

  @inline(__always)
  static func isEscaped(_ entry: UInt64) -> Bool { entry & escaped != 0 }

  /// The text of a field, unescaped, for a person to see; long ones are cut.
  func shown(_ entry: UInt64) -> String {
    let start = Self.start(entry)
    let count = Swift.min(Self.end(entry) - start, 80)
    let bytes = UnsafeBufferPointer(start: base + start, count: count)
    let text = String(decoding: bytes, as: UTF8.self)
    return Self.end(entry) - start > 80 ? text + "…" : text
  }
}
