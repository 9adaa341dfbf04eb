// Spec: 12c-pruning. What the path of a partition says about the partition columns.
import LakeBase

/// The texts of a partition's columns, taken out of its path.
public struct PartitionValues: Sendable, Hashable {
  /// One segment of the path: the text as the key generator made it.
  public struct Value: Sendable, Hashable {
    public let field: String
    /// nil: the value was null or empty.
    public let text: String?
  }

  public let values: [Value]

  /// Hive's name for a value that is null or empty.
  public static let nothing = "__HIVE_DEFAULT_PARTITION__"

  /// nil where the path cannot be divided among the columns: with several of them, a value that
  /// holds a slash makes levels of its own. [SCHEMA-21]
  public init?(_ path: PartitionPath, _ config: TableConfig) {
    let fields = config.partitionFields
    if fields.isEmpty { return nil }
    var segments = path.text.split(separator: "/", omittingEmptySubsequences: false)
    // A single column owns the whole path, slashes included.
    if fields.count == 1 { segments = [path.text[...]] }
    guard segments.count == fields.count else { return nil }
    var values: [Value] = []
    for (field, segment) in zip(fields, segments) {
      var text = String(segment)
      if config.isHiveStyle {
        guard text.hasPrefix(field + "=") else { return nil }
        text.removeFirst(field.count + 1)
      }
      if config.isURLEncoded { text = Self.unescaped(text) }
      values.append(Value(field: field, text: text == Self.nothing || text.isEmpty ? nil : text))
    }
    self.values = values
  }

  public subscript(field: String) -> Value? { values.first { $0.field == field } }

  /// `%` and two hexadecimal digits are a code unit of UTF-16; anything else stands for itself.
  static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(0x25) else { return text }
    let units = Array(text.utf16)
    var plain: [UInt16] = []
    var place = 0
    while place < units.count {
      if units[place] == 0x25, place + 2 < units.count,
        let high = digit(units[place + 1]), let low = digit(units[place + 2])
      {
        plain.append(high * 16 + low)
        place += 3
      } else {
        plain.append(units[place])
        place += 1
      }
    }
    return String(decoding: plain, as: UTF16.self)
  }

  private static func digit(_ unit: UInt16) -> UInt16? {
    switch unit {
    case 0x30...0x39: unit - 0x30
    case 0x41...0x46: unit - 0x41 + 10
    case 0x61...0x66: unit - 0x61 + 10
    default: nil
    }
  }
}
