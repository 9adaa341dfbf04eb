// Spec: 07-log-files. One block of a log file as a value.
import HudiModel
import LakeBase

/// What a block holds, by its number in the file.
public enum LogBlockType: Int32, Sendable, Hashable, CaseIterable {
  case command = 0
  case delete = 1
  /// Never written: what a reader makes of unreadable bytes.
  case corrupt = 2
  case avroData = 3
  case hfileData = 4
  case parquetData = 5
  case cdcData = 6

  /// Whether the block holds rows of the table.
  public var isData: Bool { self == .avroData || self == .hfileData || self == .parquetData }
}

/// Keys of a block's header map, by their number in the file.
public enum LogHeaderKey: Int32, Sendable, Hashable, CaseIterable {
  case instantTime = 0
  case targetInstantTime = 1
  case schema = 2
  case commandBlockType = 3
  case compactedBlockTimes = 4
  case recordPositions = 5
  case blockIdentifier = 6
  case isPartial = 7
  case positionsBaseInstant = 8
}

/// The frame of a block; its content stays in the file.
public struct LogBlock: Sendable, Hashable {
  public let type: LogBlockType
  /// First byte of the block's magic in the file.
  public let offset: Int
  /// Bytes of the whole block, magic and reverse pointer included.
  public let length: Int
  /// The header without `recordPositions`, which may be long and stays in the file.
  public let header: [LogHeaderKey: String]
  /// Where the content lies in the file; of a corrupt block all of its bytes.
  public let content: Range<Int>
  /// Where the text of the header `recordPositions` lies in the file.
  public let positions: Range<Int>?

  public init(
    type: LogBlockType, offset: Int, length: Int, header: [LogHeaderKey: String],
    content: Range<Int>, positions: Range<Int>? = nil
  ) {
    self.type = type
    self.offset = offset
    self.length = length
    self.header = header
    self.content = content
    self.positions = positions
  }

  /// Requested time of the instant that wrote the block.
  public var instant: InstantTime? { header[.instantTime].flatMap { InstantTime($0) } }
  /// Of a command block: the instant it takes back.
  public var target: InstantTime? { header[.targetInstantTime].flatMap { InstantTime($0) } }
  /// Rows hold only the columns that an update assigned.
  public var isPartial: Bool { header[.isPartial]?.lowercased() == "true" }
  /// Requested times of the blocks that this one replaces; empty unless a log compaction wrote it.
  public var compacted: [InstantTime] {
    (header[.compactedBlockTimes] ?? "").split(separator: ",").compactMap { InstantTime($0) }
  }
  /// Requested time of the base file whose rows `recordPositions` counts.
  public var positionsBase: InstantTime? {
    header[.positionsBaseInstant].flatMap { InstantTime($0) }
  }
}
