// Spec: 16-command-line. Numbers, sizes and foreign text as a person reads them.

/// Text for terminals.
enum HumanText {
  /// `1 234 567`.
  static func count(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { text += " " }
      text.append(digit)
    }
    return text
  }

  /// `12.4 MiB`.
  static func bytes(_ count: Int) -> String {
    if count < 1024 { return "\(count) B" }
    var tenths = count
    var unit = -1
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var scale = 1
    repeat {
      scale *= 1024
      unit += 1
      tenths = Int((Double(count) * 10 / Double(scale)).rounded())
    } while tenths >= 10_240 && unit < units.count - 1
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }

  /// `3.9 s`, `240 ms`, `2 m 05 s`.
  static func duration(_ milliseconds: Int) -> String {
    if milliseconds < 1000 { return "\(milliseconds) ms" }
    if milliseconds < 60_000 { return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s" }
    let seconds = milliseconds / 1000
    return "\(seconds / 60) m " + CivilTime.padded(seconds % 60, 2) + " s"
  }

  /// `1 row`, `2 rows`.
  static func plural(_ number: Int, _ one: String) -> String {
    count(number) + " " + one + (number == 1 ? "" : "s")
  }

  /// Text of unknown origin without anything a terminal would obey: control characters become escapes.
  static func safe(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if isControl(scalar) {
          result += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    return value < 0x20 || (value >= 0x7F && value < 0xA0) || value == 0x2028 || value == 0x2029
      || (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069)
      || value == 0x200E || value == 0x200F || value == 0x061C
  }

  /// Columns a text takes on a terminal: two for wide East Asian characters, none for combining marks.
  static func width(_ text: String) -> Int {
    var width = 0
    for character in text { width += self.width(character) }
    return width
  }

  static func width(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    let value = first.value
    if value < 0x300 { return 1 }
    let wide =
      (0x1100...0x115F).contains(value) || (0x2E80...0xA4CF).contains(value)
      || (0xAC00...0xD7A3).contains(value) || (0xF900...0xFAFF).contains(value)
      || (0xFE30...0xFE6F).contains(value) || (0xFF00...0xFF60).contains(value)
      || (0xFFE0...0xFFE6).contains(value) || (0x1F300...0x1FAFF).contains(value)
      || (0x20000...0x3FFFD).contains(value)
    return wide ? 2 : first.properties.generalCategory == .nonspacingMark ? 0 : 1
  }

  /// Cut to `limit` columns with `…` where something is missing.
  static func fitted(_ text: String, _ limit: Int) -> String {
    if width(text) <= limit { return text }
    var result = ""
    var used = 0
    for character in text {
      let next = width(character)
      if used + next > limit - 1 { break }
      result.append(character)
      used += next
    }
    return result + "…"
  }
}
