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
    guard name.utf8.first == 0x2E else { return nil }
    var parts = name.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    let isCDC = parts.count == 4 && parts[3] == "cdc"
    if isCDC { parts.removeLast() }
    guard parts.count == 3, parts[1] == "log" else { return nil }
    let front = parts[0].split(separator: "_", omittingEmptySubsequences: false)
    guard front.count == 2, let fileID = FileID(validating: front[0]),
      let instant = InstantTime(front[1])
    else { return nil }
    let back = parts[2].split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
    guard back[0].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let version = Int(back[0]),
      version < 1_000_000_000, back[0].utf8.first != 0x30 || back[0] == "0"
    else { return nil }
    var token: WriteToken?
    if back.count == 2 {
      guard let parsed = WriteToken(back[1]) else { return nil }
      token = parsed
    } else if isCDC {
      return nil
    }
    self.init(fileID, instant, version: version, token, isCDC: isCDC)
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
