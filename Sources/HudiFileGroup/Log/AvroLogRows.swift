// Spec: 07-log-files. The rows of an Avro block, read piece by piece.
import HudiModel
import LakeAvro
import LakeBase
import LakeColumns

/// Rows in Avro, each behind its length. Reads the content piece by piece. [LOG-11]
final class AvroLogRows {
  /// Bytes read at once.
  private static let pieceBytes = 1 << 20

  let rowCount: Int
  private let file: LogFileReader
  private let content: Range<Int>
  private let decoder: RowDecoder
  private let decoders: LogDecoders
  private let schema: String
  private var left: Int
  /// Where in the file the next row begins.
  private var position: Int
  private var piece: Buffer
  private var pieceStart: Int

  init(
    _ file: LogFileReader, _ block: LogBlock, _ decoders: LogDecoders
  ) throws(LakeError) {
    self.file = file
    self.decoders = decoders
    content = block.content
    guard let schema = block.header[.schema] else {
      throw file.malformed("a block of rows without a schema", at: block.offset)
    }
    self.schema = schema
    guard content.count >= 8 else {
      throw file.malformed("a block of rows of \(content.count) bytes", at: content.lowerBound)
    }
    pieceStart = content.lowerBound
    piece = try file.source.read(
      pieceStart..<pieceStart + Swift.min(content.count, Self.pieceBytes))
    let version = Int32(bitPattern: piece.bigEndianUInt32(at: 0))
    guard (1...3).contains(version) else {
      throw file.unsupported(
        "data block version \(version); 1 to 3 are supported", at: content.lowerBound)
    }
    let rows = Int(Int32(bitPattern: piece.bigEndianUInt32(at: 4)))
    guard rows >= 0, rows <= (content.count - 8) / 4 else {
      throw file.malformed(
        "\(rows) rows declared in \(content.count) bytes", at: content.lowerBound + 4)
    }
    do { decoder = try decoders.decoder(schema) } catch {
      throw LakeError(error.code, error.message, path: file.path, offset: block.offset)
    }
    rowCount = rows
    left = rows
    position = content.lowerBound + 8
  }

  func next() throws(LakeError) -> RecordBatch? {
    if left == 0 {
      guard position == content.upperBound else {
        throw file.malformed(
          "\(content.upperBound - position) bytes behind the last row", at: position)
      }
      return nil
    }
    do throws(LakeError) {
      while left > 0 && !decoder.isFull {
        let rows = try wholeRows()
        var at = position - pieceStart
        do throws(LakeError) {
          left -= try decoder.append(piece, at: &at, rows: rows, framing: .lengthPrefixed)
        } catch { throw error.shifted(by: pieceStart) }
        position = pieceStart + at
      }
      return try decoder.finish()
    } catch {
      decoders.forget(schema)
      throw error
    }
  }

  /// Rows that lie whole in the piece read; reads another piece when there is none.
  private func wholeRows() throws(LakeError) -> Int {
    let rows = count(position - pieceStart)
    if rows > 0 { return rows }
    guard content.upperBound - position >= 4 else {
      throw file.malformed("\(left) rows are missing", at: position)
    }
    try load(4)
    let size = Int(prefix(position - pieceStart))
    guard size <= content.upperBound - position - 4 else {
      throw file.malformed(
        "a row of \(size) bytes, \(content.upperBound - position - 4) left", at: position)
    }
    try load(4 + size)
    return count(position - pieceStart)
  }

  /// Makes the piece begin here and have at least `bytes`, or more where the content has more.
  private func load(_ bytes: Int) throws(LakeError) {
    if position + bytes <= pieceStart + piece.count, position >= pieceStart { return }
    let size = Swift.min(content.upperBound - position, Swift.max(bytes, Self.pieceBytes))
    piece = try file.source.read(position..<position + size)
    pieceStart = position
  }

  private func count(_ start: Int) -> Int {
    var at = start
    var rows = 0
    let end = piece.count
    let wanted = Swift.min(left, RecordBatch.targetRows)
    while rows < wanted && end - at >= 4 {
      let size = Int(prefix(at))
      guard size <= end - at - 4 else { break }
      at += 4 + size
      rows += 1
    }
    return rows
  }

  private func prefix(_ at: Int) -> UInt32 { piece.bigEndianUInt32(at: at) }
}
