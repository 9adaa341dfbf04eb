// Spec: 03-table-config. Which files of a table look how.
import LakeBase

/// The table versions this project reads and writes.
public enum TableVersion: Int, Sendable, Hashable, Comparable, CaseIterable, CustomStringConvertible
{
  case six = 6
  case eight = 8
  case nine = 9

  public var layout: TimelineLayout { self == .six ? .one : .two }

  /// Any other number is refused by name: an older table by its age, a newer one because its files
  /// may be invisible to us. [CONF-1]
  public init(parsing text: String) throws(LakeError) {
    guard let number = Int(text), let version = TableVersion(rawValue: number) else {
      throw LakeError(
        .tableVersionUnsupported,
        "the table has version \(text.debugDescription); versions 6, 8 and 9 are supported",
        facts: [("version", text)])
    }
    self = version
  }

  public var description: String { String(rawValue) }

  public static func < (left: TableVersion, right: TableVersion) -> Bool {
    left.rawValue < right.rawValue
  }
}
