// Spec: 12-queries. The ways to name a moment of a table.
import HudiModel
import HudiTimeline
import LakeBase
import LakeColumns

/// A moment as a person writes it.
public struct InstantExpression: Sendable {
  public let text: String

  public init(_ text: String) { self.text = text }

  /// The requested time through which commits are seen.
  ///
  /// - Parameter now: milliseconds since 1970.
  func resolve(
    _ timeline: Timeline, clock: InstantClock, now: Int64
  ) throws(LakeError) -> InstantTime {
    if !text.isEmpty && text.allSatisfy({ $0 == "^" }) { return try before(timeline, text.count) }
    if !text.isEmpty && text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
      return try digits(timeline)
    }
    if text.hasPrefix("-"), let span = Self.span(text.dropFirst()) {
      return try spelled(clock.civil(now - span))
    }
    guard let moment = Self.isoMilliseconds(text) else {
      throw LakeError(
        .timeMalformed, "\"\(text)\" names no moment",
        hint: "an instant such as 20260301101955120, a time with zone such as "
          + "2026-03-01T10:00:00+08:00, -2h, or ^ for the commit before the newest")
    }
    return try spelled(clock.civil(moment))
  }

  private func spelled(_ civil: Int64) throws(LakeError) -> InstantTime {
    if let time = InstantTime(civilMilliseconds: civil) { return time }
    throw LakeError(.timeMalformed, "\"\(text)\" lies outside the years 1 to 9999")
  }

  private func before(_ timeline: Timeline, _ steps: Int) throws(LakeError) -> InstantTime {
    let writes = timeline.completedWrites
    guard steps < writes.count else {
      throw LakeError(
        .instantNotFound,
        "\"\(text)\" goes back \(steps) commits, the timeline has \(writes.count)")
    }
    return writes[writes.count - 1 - steps].requested
  }

  /// 14 and 17 digits stand for themselves; fewer must begin exactly one completed write.
  private func digits(_ timeline: Timeline) throws(LakeError) -> InstantTime {
    if text.utf8.count == 14 || text.utf8.count >= 17 { return try InstantTime(parsing: text) }
    let found = timeline.completedWrites.filter { $0.requested.text.hasPrefix(text) }
    if found.count == 1 { return found[0].requested }
    if found.isEmpty {
      throw LakeError(
        .instantNotFound, "no commit begins with \(text)", hint: "lake log lists them")
    }
    throw LakeError(
      .instantAmbiguous, "\(found.count) commits begin with \(text)",
      hint: "add digits: " + found.prefix(4).map(\.requested.text).joined(separator: ", "))
  }

  /// `90s`, `15m`, `2h`, `7d` in milliseconds.
  static func span(_ text: Substring) -> Int64? {
    guard let unit = text.last, let number = Int64(text.dropLast()), number >= 0 else { return nil }
    let factor: Int64
    switch unit {
    case "s": factor = 1_000
    case "m": factor = 60_000
    case "h": factor = 3_600_000
    case "d": factor = 86_400_000
    default: return nil
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }

  /// An ISO 8601 time with zone; a time without one is ambiguous and refused.
  static func isoMilliseconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 17 else { return nil }
    func number(_ start: Int, _ count: Int) -> Int? {
      guard start + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[start..<start + count] {
        guard byte >= 0x30 && byte <= 0x39 else { return nil }
        value = value * 10 + Int(byte) - 0x30
      }
      return value
    }
    func isByte(_ at: Int, _ wanted: String) -> Bool {
      at < bytes.count && wanted.utf8.contains(bytes[at])
    }
    guard let year = number(0, 4), isByte(4, "-"), let month = number(5, 2), isByte(7, "-"),
      let day = number(8, 2), isByte(10, "T "), let hour = number(11, 2), isByte(13, ":"),
      let minute = number(14, 2)
    else { return nil }
    var at = 16
    var second = 0
    var fraction = 0
    if isByte(at, ":") {
      guard let found = number(at + 1, 2) else { return nil }
      second = found
      at += 3
      if isByte(at, ".") {
        at += 1
        var scale = 100
        while let digit = number(at, 1) {
          fraction += digit * scale
          scale /= 10
          at += 1
        }
      }
    }
    let civil = CivilTime(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second,
      millisecond: fraction)
    guard civil.isValid else { return nil }
    if at == bytes.count - 1 && isByte(at, "Zz") { return civil.milliseconds }
    guard isByte(at, "+-"), let zoneHour = number(at + 1, 2) else { return nil }
    let colon = isByte(at + 3, ":") ? 1 : 0
    let zoneMinute = number(at + 3 + colon, 2)
    guard at + 3 == bytes.count || zoneMinute != nil && at + 5 + colon == bytes.count else {
      return nil
    }
    let offset = Int64(zoneHour * 60 + (zoneMinute ?? 0)) * 60_000
    return civil.milliseconds - (bytes[at] == 0x2D ? -offset : offset)
  }
}
