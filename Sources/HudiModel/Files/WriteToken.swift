// Spec: 02-layout-and-names. What tells two attempts to write one file apart.
import LakeBase

/// The middle part of a data file's name: task, stage and attempt. Compared as text. [NAME-2]
public struct WriteToken: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let text: String

  public init(task: Int, stage: Int = 0, attempt: Int = 0) {
    text = "\(task)-\(stage)-\(attempt)"
  }

  /// Nil unless `text` is three numbers joined by `-`.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    for part in parts {
      guard !part.isEmpty, part.utf8.count <= 18 else { return nil }
      guard part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    }
    self.text = String(text)
  }

  public var description: String { text }

  public static func < (left: WriteToken, right: WriteToken) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
