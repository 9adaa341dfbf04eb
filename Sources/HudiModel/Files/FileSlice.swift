// Spec: 02-layout-and-names. One state of a file group: a base file and the log files upon it.

/// A base file that exists, with what is known about it.
public struct BaseFile: Sendable, Hashable {
  public let name: BaseFileName
  /// Bytes, where a listing or a commit told.
  public let size: Int?

  public init(_ name: BaseFileName, size: Int? = nil) {
    self.name = name
    self.size = size
  }
}

/// A log file that exists, with what is known about it.
public struct LogFile: Sendable, Hashable {
  public let name: LogFileName
  /// Bytes, where a listing or a commit told.
  public let size: Int?

  public init(_ name: LogFileName, size: Int? = nil) {
    self.name = name
    self.size = size
  }
}

/// A base file plus its log files at one base instant.
public struct FileSlice: Sendable, Hashable {
  public let group: FileGroupID
  public let baseInstant: InstantTime
  public let base: BaseFile?
  /// In the order of `LogFileName`, change logs left out.
  public let logs: [LogFile]

  public init(
    _ group: FileGroupID, _ baseInstant: InstantTime, base: BaseFile? = nil, logs: [LogFile] = []
  ) {
    self.group = group
    self.baseInstant = baseInstant
    self.base = base
    self.logs = logs
  }

  public var fileID: FileID { group.fileID }
  public var partition: PartitionPath { group.partition }
  public var isEmpty: Bool { base == nil && logs.isEmpty }

  /// Bytes of all files whose size is known.
  public var size: Int { (base?.size ?? 0) + logs.reduce(0) { $0 + ($1.size ?? 0) } }
}

/// All slices of a file group, the newest first.
public struct FileGroup: Sendable, Hashable {
  public let id: FileGroupID
  /// In descending order of base instants.
  public let slices: [FileSlice]

  public init(_ id: FileGroupID, _ slices: [FileSlice]) {
    self.id = id
    self.slices = slices.sorted { $0.baseInstant > $1.baseInstant }
  }

  public var latest: FileSlice? { slices.first }
}
