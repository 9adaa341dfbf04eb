// Spec: 01-terms. Names, keys and values of a table may not speak to the terminal.

/// Escapes for messages and logs.
public enum Escaping {
  /// `text` with everything that would move the cursor, start an escape sequence, break the line or
  /// turn the direction of writing spelled as `\n`, `\t`, `\r` or `\uXXXX`. [TEXT-3]
  public static func message(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { mustEscape($0) }) else { return text }
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      case "\t": escaped += "\\t"
      default:
        if mustEscape(scalar) {
          escaped += unicode(UInt16(truncatingIfNeeded: scalar.value))
        } else {
          escaped.unicodeScalars.append(scalar)
        }
      }
    }
    return escaped
  }

  /// `\u` and four lower-case digits.
  static func unicode(_ unit: UInt16) -> String {
    "\\u" + Hex.text([UInt8(unit >> 8), UInt8(unit & 0xFF)])
  }

  /// Control characters, and those that steer lines or direction; all lie in the first plane.
  public static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0: true
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}
