// Spec: 07-log-files. The entries of one delete block, batch by batch.
import HudiModel
import LakeAvro
import LakeBase
import LakeColumns

/// Entries of a delete block. Owned by one worker. [LOG-15]
public struct LogDeletesReader {
  private let file: LogFileReader
  private let block: LogBlock
  private let values: LogOrderingValues
  private let instant: InstantTime
  private let bytes: Buffer
  /// Made for the first entry: the logs of metadata tables begin with an empty block of deletes.
  private var decoder: RowDecoder?
  private let decoders: LogDecoders
  private var position = 8
  /// Entries left in the run of the array that `position` stands in.
  private var left = 0
  private var isAtEnd = false
  /// Entries read so far.
  public private(set) var entryCount = 0

  /// - Parameter ordering: types of the table's ordering fields; none where order does not count.
  public init(
    _ file: LogFileReader, _ block: LogBlock, ordering: [ColumnType]
  ) throws(LakeError) {
    let decoders = LogDecoders(LogSchemas(limits: file.limits), columns: nil, limits: file.limits)
    try self.init(file, block, ordering: ordering, decoders)
  }

  init(
    _ file: LogFileReader, _ block: LogBlock, ordering: [ColumnType], _ decoders: LogDecoders
  ) throws(LakeError) {
    self.decoders = decoders
    self.file = file
    self.block = block
    values = LogOrderingValues(types: ordering)
    instant = try file.instant(of: block)
    bytes = try file.content(of: block)
    var reader = ByteReader(bytes, code: .logMalformed)
    do throws(LakeError) {
      let version = try reader.bigEndian(Int32.self)
      guard version == 3 else {
        throw LakeError(
          .logUnsupported,
          version == 1 || version == 2
            ? "delete block version \(version): keys serialised by Java; version 3 is supported"
            : "delete block version \(version); version 3 is supported", offset: 0)
      }
      let size = try reader.bigEndian(Int32.self)
      guard Int(size) == reader.remaining else {
        throw reader.failure("\(size) bytes of deletes declared, \(reader.remaining) there")
      }
    } catch { throw error.shifted(by: block.content.lowerBound).at(file.path) }
  }

  /// The next entries, without positions; nil after the last.
  public mutating func next() throws(LakeError) -> LogDeletes? {
    if isAtEnd { return nil }
    do throws(LakeError) {
      while !(decoder?.isFull ?? false) {
        if left == 0 { left = try nextRun() }
        if left == 0 {
          isAtEnd = true
          break
        }
        let decoder: RowDecoder
        if let made = self.decoder {
          decoder = made
        } else {
          decoder = try decoders.deleteDecoder()
        }
        self.decoder = decoder
        left -= try decoder.append(bytes, at: &position, rows: left)
      }
      if isAtEnd, position != bytes.count {
        throw LakeError(
          .logMalformed, "\(bytes.count - position) bytes behind the last delete",
          offset: position)
      }
    } catch {
      decoders.forgetDeletes()
      throw error.shifted(by: block.content.lowerBound).at(file.path)
    }
    guard let decoder, decoder.count > 0 else { return nil }
    return try batch(decoder)
  }

  /// Length of the array's next run; 0 at its end.
  private mutating func nextRun() throws(LakeError) -> Int {
    var reader = ByteReader(bytes, code: .avroMalformed, at: position)
    let count = try reader.avroBlockCount()
    guard count <= Int64(reader.remaining) else {
      throw reader.failure("\(count) deletes declared, \(reader.remaining) bytes left")
    }
    position = reader.position
    return Int(count)
  }

  private mutating func batch(_ decoder: RowDecoder) throws(LakeError) -> LogDeletes {
    do throws(LakeError) {
      let batch = try decoder.finish()
      let keys = batch.columns[0]
      guard keys.nullCount == 0 else {
        throw LakeError(.logMalformed, "a delete without a key")
      }
      let (order, isOrdered) = try values.read(batch.columns[1])
      entryCount += batch.count
      return LogDeletes(instant: instant, keys: keys, order: order, isOrdered: isOrdered)
    } catch {
      decoders.forgetDeletes()
      throw LakeError(
        error.code, error.message, path: file.path, offset: block.content.lowerBound)
    }
  }
}

extension LogFileReader {
  /// The instant of a block; without one it is `logMalformed`.
  func instant(of block: LogBlock) throws(LakeError) -> InstantTime {
    if let instant = block.instant { return instant }
    let text = block.header[.instantTime].map { "\"\($0)\" is no time of an instant" }
    throw malformed(text ?? "a block without the time of its instant", at: block.offset)
  }
}
