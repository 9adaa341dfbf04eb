// Spec: 14-text-rows. Text as a terminal may be shown it: nothing that moves the cursor, known
// width.
import LakeBase
import LakeColumns

/// Text of unknown origin, made harmless for terminals, measured and cut.
public enum DisplayText {
  /// The text with control characters and bidirectional controls made visible.
  public static func safe(_ text: String) -> String {
    var text = text
    return text.withUTF8 { safe($0) }
  }

  /// The text with control characters, bidirectional controls and malformed bytes made visible.
  static func safe(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
      return String(decoding: bytes, as: UTF8.self)
    }
    var result = String.UnicodeScalarView()
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x0A: result.append(contentsOf: "\\n".unicodeScalars)
      case 0x0D: result.append(contentsOf: "\\r".unicodeScalars)
      case 0x09: result.append(contentsOf: "\\t".unicodeScalars)
      default:
        if isControl(scalar.value) {
          result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
        } else {
          result.append(scalar)
        }
      }
    }
    return String(result)
  }

  private static func isControl(_ value: UInt32) -> Bool {
    value < 0x20 || (value >= 0x7F && value < 0xA0) || value == 0x061C
      || (value >= 0x200B && value <= 0x200F) || (value >= 0x2028 && value <= 0x202E)
      || (value >= 0x2060 && value <= 0x206F) || value == 0xFEFF || value >= 0xE0000
  }

  /// Columns of a terminal that the text takes.
  public static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    let isWide =
      (value >= 0x1100 && value <= 0x115F) || (value >= 0x2E80 && value <= 0xA4CF)
      || (value >= 0xAC00 && value <= 0xD7A3) || (value >= 0xF900 && value <= 0xFAFF)
      || (value >= 0xFE30 && value <= 0xFE6F) || (value >= 0xFF00 && value <= 0xFF60)
      || (value >= 0xFFE0 && value <= 0xFFE6) || (value >= 0x1F300 && value <= 0x1FAFF)
      || (value >= 0x20000 && value <= 0x3FFFD)
    return isWide ? 2 : 1
  }

  /// The text cut to `columns`, with `…` where something is missing, and filled up with spaces.
  public static func fitted(_ text: String, _ columns: Int, right: Bool) -> String {
    let wide = width(text)
    if wide <= columns {
      let space = String(repeating: " ", count: columns - wide)
      return right ? space + text : text + space
    }
    var kept = String.UnicodeScalarView()
    var used = 0
    for scalar in text.unicodeScalars {
      let next = width(scalar)
      if used + next > columns - 1 { break }
      kept.append(scalar)
      used += next
    }
    return String(kept) + "…" + String(repeating: " ", count: columns - 1 - used)
  }
}

/// The cells of a batch as texts for people.
struct DisplayRows {
  let texts: [[String]]

  init(_ batch: RecordBatch) {
    let cells = batch.columns.map { CellWriter($0) }
    var store = ByteStore()
    texts = (0..<batch.count).map { row in
      cells.map { cell in
        if cell.isNull(row) { return "null" }
        store.removeAll()
        cell.plain(row, &store)
        return DisplayText.safe(
          UnsafeBufferPointer(
            start: store.base.assumingMemoryBound(to: UInt8.self), count: store.count))
      }
    }
    withExtendedLifetime(batch) {}
  }

  static func isRight(_ type: ColumnType) -> Bool {
    switch type {
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32,
      .float64, .decimal:
      true
    default: false
    }
  }
}
