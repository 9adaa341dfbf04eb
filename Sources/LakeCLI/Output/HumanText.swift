// Spec: 16-command-line. Numbers, sizes and foreign text as a person reads them.
import LakeText

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

  /// Text of unknown origin without anything a terminal would obey: control characters become
  /// escapes.
  static func safe(_ text: String) -> String { DisplayText.safe(text) }

  /// Columns a text takes on a terminal.
  static func width(_ text: String) -> Int { DisplayText.width(text) }

  /// Cut to `limit` columns with `…` where something is missing.
  static func fitted(_ text: String, _ limit: Int) -> String {
    width(text) <= limit ? text : DisplayText.fitted(text, limit, right: false)
  }
}
