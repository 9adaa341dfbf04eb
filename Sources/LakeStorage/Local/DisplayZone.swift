// Spec: 16-command-line. Times as people at this machine read them.
import LakeBase

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A zone in which times are shown: a fixed offset, or the rules the system knows.
public enum DisplayZone: Sendable, Hashable {
  /// Seconds east of Greenwich.
  case fixed(Int)
  /// What `TZ` or the machine says.
  case system

  /// `Z`, `UTC`, `+08:00`, `-0330`, or a name of the system's zone database. A named zone becomes
  /// the zone of the whole process, so this is called once, at the start. Throws `badOptionValue`.
  public init(_ text: String) throws(LakeError) {
    if let fixed = DisplayZone(fixed: text) {
      self = fixed
      return
    }
    let wellFormed = text.utf8.allSatisfy {
      ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39)
        || "/_+-".utf8.contains($0)
    }
    let folder = HostProcess.environment("TZDIR") ?? "/usr/share/zoneinfo"
    guard wellFormed, !text.hasPrefix("/"), access(folder + "/" + text, R_OK) == 0 else {
      throw LakeError(
        .badOptionValue, "\"\(text)\" is not a time zone",
        hint: "an offset like +08:00, or a name like Europe/Berlin")
    }
    setenv("TZ", text, 1)
    tzset()
    self = .system
  }

  /// `Z`, `UTC` or an offset; nil for anything else.
  public init?(fixed text: String) {
    if text == "Z" || text == "UTC" {
      self = .fixed(0)
    } else if let offset = Self.offset(text) {
      self = .fixed(offset)
    } else {
      return nil
    }
  }

  private static func offset(_ text: String) -> Int? {
    var digits = Array(text.utf8)
    guard let sign = digits.first, sign == 0x2B || sign == 0x2D else { return nil }
    digits.removeFirst()
    if digits.count == 5 && digits[2] == 0x3A { digits.remove(at: 2) }
    guard digits.count == 4, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    let hours = Int(digits[0] - 0x30) * 10 + Int(digits[1] - 0x30)
    let minutes = Int(digits[2] - 0x30) * 10 + Int(digits[3] - 0x30)
    guard hours <= 14, minutes < 60 else { return nil }
    return (sign == 0x2D ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  /// Seconds east of Greenwich at an instant, given in seconds since 1970.
  public func offset(at seconds: Int64) -> Int {
    switch self {
    case .fixed(let offset): return offset
    case .system:
      var time = time_t(seconds)
      var parts = tm()
      guard localtime_r(&time, &parts) != nil else { return 0 }
      return parts.tm_gmtoff
    }
  }
}
