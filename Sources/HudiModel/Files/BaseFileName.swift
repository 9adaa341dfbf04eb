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

  init?(fileExtension: Substring) {
    guard let format = Self.allCases.first(where: { $0.fileExtension == fileExtension }) else {
      return nil
    }
    self = format
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
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 3, let dot = parts[2].firstIndex(of: ".") else { return nil }
    guard
      let fileID = FileID(validating: parts[0]), let token = WriteToken(parts[1]),
      let instant = InstantTime(parts[2][..<dot]),
      let format = BaseFileFormat(fileExtension: parts[2][parts[2].index(after: dot)...])
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
