// Medians of repeated runs, as JSON lines.
import LakeBase

/// One named piece of work, run several times.
struct Timing {
  let name: String
  let runs: Int

  /// Runs `work`, which gives the bytes and rows it went through, and prints one line: the median and the
  /// range of milliseconds, MB/s and rows/s of the median, and a check value that must not change.
  func measure(
    _ work: () throws(LakeError) -> (bytes: Int, rows: Int, check: String)
  ) throws(LakeError) {
    var times: [Double] = []
    var last = (bytes: 0, rows: 0, check: "")
    for _ in 0..<runs {
      let start = Self.nanoseconds()
      last = try work()
      times.append(Double(Self.nanoseconds() - start) / 1e6)
    }
    times.sort()
    let median = times[times.count / 2]
    func short(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
    print(
      "{\"workload\":\"\(name)\",\"runs\":\(runs),\"ms\":\(short(median)),\"min\":\(short(times[0])),"
        + "\"max\":\(short(times[times.count - 1])),\"MBps\":\(short(Double(last.bytes) / median / 1e3)),"
        + "\"rowsPerSecond\":\(Int(Double(last.rows) * 1000 / median)),\"rows\":\(last.rows),"
        + "\"check\":\"\(last.check)\"}")
  }

  private static func nanoseconds() -> UInt64 {
    ContinuousClock.now.nanoseconds
  }
}

extension ContinuousClock.Instant {
  fileprivate static let origin = ContinuousClock.now

  fileprivate var nanoseconds: UInt64 {
    let parts = (self - Self.origin).components
    return UInt64(clamping: parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000)
  }
}
