// Spec: 02-layout-and-names. The name of a log file, to a value and back, and the order of log
// files.
import LakeBase

/// `.<file id>_<time>.log.<version>[_<write token>][.cdc]`. The time is the base instant of the
/// slice in version 6 and the requested time of the writing instant from version 8 on. [NAME-4]
public struct LogFileName: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let fileID: FileID
  public let instant: InstantTime
  public let version: Int
  /// Absent only in names of very old writers.
  public let token: WriteToken?
  /// A change log: never part of a merge. [NAME-5]
  public let isCDC: Bool

  public init(
    _ fileID: FileID, _ instant: InstantTime, version: Int, _ token: WriteToken?,
    isCDC: Bool = false
  ) {
    self.fileID = fileID
    self.instant = instant
    self.version = version
    self.token = token
    self.isCDC = isCDC
  }

  /// Nil unless the whole name is a log file's.
  public init?(_ name: String) {
    self.init(NameBytes(name))
  }

  init?(_ name: NameBytes) {
    // .<file id>_<time>.log.<version>[_<token>][.cdc]
    let end = name.count
    guard name.count > 0, name.bytes[0] == 0x2E, let one = name.first(0x2E, in: 1..<end),
      let two = name.first(0x2E, in: one + 1..<end), name.spells(one + 1..<two, "log")
    else { return nil }
    let three = name.first(0x2E, in: two + 1..<end)
    let isCDC = three != nil
    if let three, !name.spells(three + 1..<end, "cdc") { return nil }
    let back = two + 1..<(three ?? end)
    guard let under = name.first(0x5F, in: 1..<one),
      let instant = name.time(under + 1..<one), let fileID = FileID(name, 1..<under)
    else { return nil }
    let split = name.first(0x5F, in: back)
    guard let version = Self.version(name, back.lowerBound..<(split ?? back.upperBound)) else {
      return nil
    }
    var token: WriteToken?
    if let split {
      guard let parsed = WriteToken(name, split + 1..<back.upperBound) else { return nil }
      token = parsed
    } else if isCDC {
      return nil
    }
    self.init(fileID, instant, version: version, token, isCDC: isCDC)
  }

  /// Up to nine digits, without zeros before them.
  private static func version(_ name: NameBytes, _ range: Range<Int>) -> Int? {
    guard !range.isEmpty, range.count <= 9 else { return nil }
    if range.count > 1 && name.bytes[range.lowerBound] == 0x30 { return nil }
    var version = 0
    for place in range {
      let digit = name.bytes[place] &- 0x30
      guard digit <= 9 else { return nil }
      version = version * 10 + Int(digit)
    }
    return version
  }

  /// The name as a value, or `fileNameMalformed`.
  public init(parsing name: String) throws(LakeError) {
    guard let parsed = LogFileName(name) else {
      throw LakeError(.fileNameMalformed, "\(name.debugDescription) is not the name of a log file")
    }
    self = parsed
  }

  public var text: String {
    ".\(fileID)_\(instant).log.\(version)" + (token.map { "_\($0)" } ?? "") + (isCDC ? ".cdc" : "")
  }

  public var description: String { text }

  /// The order within a slice: time, version as a number, token as text, then change logs. [NAME-6]
  public static func < (left: LogFileName, right: LogFileName) -> Bool {
    if left.instant != right.instant { return left.instant < right.instant }
    if left.version != right.version { return left.version < right.version }
    let tokens = (left.token?.text ?? "", right.token?.text ?? "")
    if tokens.0 != tokens.1 { return tokens.0.utf8.lexicographicallyPrecedes(tokens.1.utf8) }
    if left.isCDC != right.isCDC { return right.isCDC }
    return left.fileID < right.fileID
  }
}
