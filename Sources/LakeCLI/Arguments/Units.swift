// Spec: 16-command-line. Sizes, durations, shares and fixed times as people write them.
import LakeBase

/// Values of options with a unit. Every function throws `badOptionValue` and names the option.
enum Units {
  private static let sizes: [(String, Double)] = [
    ("KiB", 0x1p10), ("MiB", 0x1p20), ("GiB", 0x1p30), ("TiB", 0x1p40),
    ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1),
  ]
  private static let durations: [(String, Double)] = [
    ("ms", 1), ("s", 1e3), ("m", 6e4), ("h", 3.6e6), ("d", 8.64e7),
  ]

  /// Bytes of `64MiB`, `1GB`, `1.5GiB`.
  static func size(_ text: String, _ option: String) throws(LakeError) -> Int {
    try scaled(text, sizes, option, "a size like 64MiB or 1GB")
  }

  /// Milliseconds of `90s`, `15m`, `7d`.
  static func duration(_ text: String, _ option: String) throws(LakeError) -> Int {
    try scaled(text, durations, option, "a duration like 90s, 15m or 7d")
  }

  private static func scaled(
    _ text: String, _ units: [(String, Double)], _ option: String, _ wanted: String
  ) throws(LakeError) -> Int {
    for (unit, factor) in units where text.hasSuffix(unit) {
      let digits = text.dropLast(unit.count).trimmed
      let plain = digits.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E }
      guard plain, let number = Double(digits),
        let whole = Int(exactly: (number * factor).rounded())
      else { break }
      return whole
    }
    throw LakeError(.badOptionValue, "--\(option) \"\(text)\" is not \(wanted)")
  }

  /// A whole number within `range`.
  static func number(
    _ text: String, _ option: String, _ range: ClosedRange<Int>
  ) throws(LakeError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      let upper = range.upperBound == .max ? "" : " to \(range.upperBound)"
      throw LakeError(
        .badOptionValue,
        "--\(option) \"\(text)\" is not a whole number from \(range.lowerBound)\(upper)")
    }
    return number
  }

  /// A probability: `0.001` or `0.1%`.
  static func share(_ text: String, _ option: String) throws(LakeError) -> Double {
    let percent = text.hasSuffix("%")
    if let number = Double(percent ? String(text.dropLast()) : text) {
      let share = percent ? number / 100 : number
      if share > 0 && share < 1 { return share }
    }
    throw LakeError(.badOptionValue, "--\(option) \"\(text)\" is not a share like 0.001 or 0.1%")
  }

  /// Milliseconds since 1970 of `2026-03-01T10:00:00[.123]Z` or with an offset; the time must have
  /// a zone.
  static func instant(_ text: String, _ option: String) throws(LakeError) -> Int64 {
    guard let time = CivilTime.parse(text) else {
      throw LakeError(
        .badOptionValue, "--\(option) \"\(text)\" is not a time with a zone",
        hint: "for example --\(option) 2026-03-01T10:00:00Z")
    }
    return time
  }
}
