// Spec: 02-layout-and-names. What tells two attempts to write one file apart.
import LakeBase

/// The middle part of a data file's name: task, stage and attempt. Compared as text. [NAME-2]
public struct WriteToken: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let text: String

  public init(task: Int, stage: Int = 0, attempt: Int = 0) {
    text = "\(task)-\(stage)-\(attempt)"
  }

  /// Nil unless `text` is three numbers joined by `-`.
  public init?(_ text: String) {
    guard Self.isValid(text.utf8.span) else { return nil }
    self.text = text
  }

  /// The token in a part of a name.
  init?(_ name: NameBytes, _ range: Range<Int>) {
    guard Self.isValid(name.bytes.span.extracting(range)) else { return nil }
    text = name.text(range)
  }

  private static func isValid(_ bytes: Span<UInt8>) -> Bool {
    var parts = 1
    var digits = 0
    for place in 0..<bytes.count {
      if bytes[place] == 0x2D {
        if digits == 0 { return false }
        parts += 1
        digits = 0
        continue
      }
      guard bytes[place] >= 0x30, bytes[place] <= 0x39 else { return false }
      digits += 1
      if digits > 18 { return false }
    }
    return parts == 3 && digits > 0
  }

  public var description: String { text }

  public static func < (left: WriteToken, right: WriteToken) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
