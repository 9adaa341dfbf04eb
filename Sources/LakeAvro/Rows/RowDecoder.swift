// Spec: 05a-avro. Rows of Avro bytes into batches, compiled once for a pair of schemas.
import LakeBase
import LakeColumns

/// How rows lie one behind the other.
public enum RowFraming: Sendable, Hashable {
  /// Nothing between them: container blocks.
  case none
  /// Each behind its length as four bytes, big-endian: Hudi's log blocks.
  case lengthPrefixed
}

/// Decodes rows written with one record schema into columns of another (or the same), without a
/// value tree. Owned by one worker. After an error the rows so far are lost and the decoder is of
/// no use.
public final class RowDecoder {
  /// The columns of the batches, in the order asked for.
  public let schema: Schema
  /// Rows decoded since the last batch.
  public private(set) var count = 0
  private let program: RowProgram
  private let rowsMax: Int
  private let bufferBytesMax: Int

  /// - Parameters:
  ///   - reader: the schema to resolve to; nil for the writer's own.
  ///   - columns: fields of the reader's record wanted, in this order; nil for all. Others are
  ///     passed over without being decoded.
  ///   - rowsMax: rows after which a batch is full.
  ///   - bufferBytesMax: bytes of one buffer after which a batch is full; checked every 64 rows.
  /// Throws what `SchemaResolution` and `AvroSchema.columns` throw, `columnNotFound`.
  public init(
    writer: AvroSchema, reader: AvroSchema? = nil, columns: [String]? = nil,
    limits: Limits = .standard, rowsMax: Int = RecordBatch.targetRows,
    bufferBytesMax: Int = 1 << 20
  ) throws(LakeError) {
    let resolution = try SchemaResolution(
      writer: writer, reader: reader ?? writer, limits: limits)
    let compiler = try RowCompiler(resolution, columns: columns, limits: limits)
    program = RowProgram(compiler, leastBytes: resolution.source.nodes[0].leastBytes)
    schema = Schema(compiler.fields)
    self.rowsMax = Swift.max(1, rowsMax)
    self.bufferBytesMax = bufferBytesMax
  }

  /// Whether the batch should be taken with `finish()`.
  public var isFull: Bool { count >= rowsMax || (count > 0 && largestBuffer >= bufferBytesMax) }

  /// Bytes of the largest buffer so far.
  public var largestBuffer: Int {
    var largest = 0
    for index in 0..<program.slotCount {
      largest = Swift.max(largest, program.slots[index].largestBuffer)
    }
    return largest
  }

  /// Decodes up to `rows` rows from `bytes` at `position`, which moves on; stops when the batch is
  /// full. Returns the number of rows decoded.
  ///
  /// Throws `avroMalformed` with the offset, `avroResolution` for a value the reader has no place
  /// for, `limitExceeded`, `typeUnsupported` for a decimal beyond 128 bits.
  @discardableResult
  public func append(
    _ bytes: Buffer, at position: inout Int, rows: Int, framing: RowFraming = .none
  ) throws(LakeError) -> Int {
    precondition(position >= 0 && position <= bytes.count && rows >= 0)
    let machine = RowMachine(program, base: bytes.pointer, count: bytes.count)
    defer { withExtendedLifetime(bytes) {} }
    try check(rows, machine.end - (machine.base + position), framing, position)
    var p = machine.base + position
    var done = 0
    while done < rows && !isFull {
      let chunk = Swift.min(64, rows - done, rowsMax - count)
      p = try decode(machine, p, chunk, framing)
      done += chunk
      count += chunk
    }
    position = p - machine.base
    return done
  }

  /// One row that fills `bytes` exactly.
  public func append(_ bytes: Buffer) throws(LakeError) {
    let machine = RowMachine(program, base: bytes.pointer, count: bytes.count)
    defer { withExtendedLifetime(bytes) {} }
    let p = try machine.run(machine.base, 0, program.opCount)
    guard p == machine.end else {
      throw machine.failure("\(machine.end - p) bytes left after a row", p)
    }
    count += 1
  }

  private func decode(
    _ machine: RowMachine, _ start: BytePointer, _ rows: Int, _ framing: RowFraming
  ) throws(LakeError) -> BytePointer {
    var p = start
    let ops = program.opCount
    if framing == .none {
      for _ in 0..<rows { p = try machine.run(p, 0, ops) }
      return p
    }
    var row = machine
    for _ in 0..<rows {
      let size = Int(UInt32(bigEndian: try machine.load(&p, as: UInt32.self)))
      try machine.need(size, p)
      row.end = p + size
      p = try row.run(p, 0, ops)
      guard p == row.end else { throw machine.failure("\(row.end - p) bytes left after a row", p) }
    }
    return p
  }

  /// No more rows than the bytes can hold.
  private func check(
    _ rows: Int, _ byteCount: Int, _ framing: RowFraming, _ position: Int
  ) throws(LakeError) {
    let least = program.leastBytes + (framing == .none ? 0 : 4)
    if least == 0 {
      guard rows <= program.limits.zeroSizeItemsMax else {
        throw LakeError(.limitExceeded, "\(rows) rows of no bytes declared", offset: position)
      }
    } else if rows > byteCount / least {
      throw LakeError(
        .avroMalformed, "\(rows) rows declared, \(byteCount) bytes left", offset: position)
    }
  }

  /// The rows so far as a batch; the decoder starts anew. Throws `avroMalformed` for strings that
  /// are not UTF-8.
  public func finish() throws(LakeError) -> RecordBatch {
    var columns: [Column] = []
    for slot in program.roots { columns.append(try program.slots.finish(slot, rows: count)) }
    program.freeItems = 0
    defer { count = 0 }
    return RecordBatch(schema, columns, count: count)
  }
}
