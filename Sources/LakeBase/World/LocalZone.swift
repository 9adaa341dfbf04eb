// Spec: 04-timeline. The local time zone's offset, for tables that spell their instants in local
// time.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The zone of this process, as `TZ` or the system sets it.
public enum LocalZone {
  /// Milliseconds that local time is ahead of UTC at a moment given in milliseconds since 1970.
  public static func offset(at milliseconds: Int64) -> Int64 {
    var moment = time_t(milliseconds / 1000)
    var parts = tm()
    guard localtime_r(&moment, &parts) != nil else { return 0 }
    return Int64(parts.tm_gmtoff) * 1000
  }
}
