// Spec: 02-layout-and-names. The name of a base file, to a value and back.
import LakeBase

/// The formats that base files can have; only Parquet is read as table data.
public enum BaseFileFormat: String, Sendable, Hashable, CaseIterable {
  case parquet = "PARQUET"
  case orc = "ORC"
  case hfile = "HFILE"
  case lance = "LANCE"

  /// The extension in file names, without the dot.
  public var fileExtension: String { rawValue.lowercased() }

  /// The format of an extension in a part of a name.
  init?(_ name: NameBytes, _ range: Range<Int>) {
    if name.spells(range, "parquet") {
      self = .parquet
    } else if name.spells(range, "orc") {
      self = .orc
    } else if name.spells(range, "hfile") {
      self = .hfile
    } else if name.spells(range, "lance") {
      self = .lance
    } else {
      return nil
    }
  }
}

/// `<file id>_<write token>_<requested time>.<extension>`. [NAME-3]
public struct BaseFileName: Sendable, Hashable, CustomStringConvertible {
  public let fileID: FileID
  public let token: WriteToken
  /// Requested time of the instant that wrote the file.
  public let instant: InstantTime
  public let format: BaseFileFormat

  public init(
    _ fileID: FileID, _ token: WriteToken, _ instant: InstantTime,
    _ format: BaseFileFormat = .parquet
  ) {
    self.fileID = fileID
    self.token = token
    self.instant = instant
    self.format = format
  }

  /// Nil unless the whole name is a base file's.
  public init?(_ name: String) {
    self.init(NameBytes(name))
  }

  init?(_ name: NameBytes) {
    let end = name.count
    guard let first = name.first(0x5F, in: 0..<end),
      let second = name.first(0x5F, in: first + 1..<end),
      let dot = name.first(0x2E, in: second + 1..<end),
      name.first(0x5F, in: dot + 1..<end) == nil,
      let instant = name.time(second + 1..<dot),
      let format = BaseFileFormat(name, dot + 1..<end),
      let token = WriteToken(name, first + 1..<second), let fileID = FileID(name, 0..<first)
    else { return nil }
    self.init(fileID, token, instant, format)
  }

  /// The name as a value, or `fileNameMalformed`.
  public init(parsing name: String) throws(LakeError) {
    guard let parsed = BaseFileName(name) else {
      throw LakeError(.fileNameMalformed, "\(name.debugDescription) is not the name of a base file")
    }
    self = parsed
  }

  public var text: String { "\(fileID)_\(token)_\(instant).\(format.fileExtension)" }
  public var description: String { text }
}
