// Spec: 02-layout-and-names. The small file that makes a directory a partition.
import LakeBase

/// The content of `.hoodie_partition_metadata`. [NAME-10]
public struct PartitionMetadata: Sendable, Hashable {
  public static let fileName = ".hoodie_partition_metadata"

  /// Requested time of the write that first used the partition.
  public let commitTime: InstantTime
  /// Directory levels below the table's root.
  public let depth: Int

  public init(commitTime: InstantTime, depth: Int) {
    self.commitTime = commitTime
    self.depth = depth
  }

  /// Throws `propertiesMalformed` when a property is missing or impossible.
  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    let text = try Properties(parsing: bytes, limits: limits)
    guard let time = text["commitTime"].flatMap({ InstantTime($0) }),
      let depth = text["partitionDepth"].flatMap({ Int($0) }), depth >= 0
    else {
      throw LakeError(.propertiesMalformed, "partition metadata lacks commitTime or partitionDepth")
    }
    self.init(commitTime: time, depth: depth)
  }

  /// - Parameter now: milliseconds since 1970, for the comment line.
  public func encode(now: Int64) -> Buffer {
    let date = JavaDate.text(now)
    return Buffer(
      utf8: "#partition metadata\n#\(date)\ncommitTime=\(commitTime)\npartitionDepth=\(depth)\n")
  }
}

/// How Java prints a date into the second comment line of a properties file, in UTC.
enum JavaDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// For example `Sat Mar 07 16:24:59 UTC 2026`.
  static func text(_ milliseconds: Int64) -> String {
    let civil = CivilTime(milliseconds: milliseconds)
    let weekday = ((civil.daysSinceEpoch % 7) + 7) % 7
    return "\(days[Int(weekday)]) \(months[civil.month - 1]) \(two(civil.day)) "
      + "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)) UTC \(civil.year)"
  }

  /// For example `2026-03-07T16:24:59.123Z`.
  static func iso(_ milliseconds: Int64) -> String {
    let civil = CivilTime(milliseconds: milliseconds)
    let fraction = String(1000 + civil.millisecond).dropFirst()
    return "\(civil.year)-\(two(civil.month))-\(two(civil.day))T\(two(civil.hour)):"
      + "\(two(civil.minute)):\(two(civil.second)).\(fraction)Z"
  }
}
