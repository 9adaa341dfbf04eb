// Spec: 17-limits. Batches as bytes and back, for temporary files of this process: memory as it
// lies, nothing converted.
import LakeBase

/// The bytes of batches whose schema the reader knows. A run of batches begins at a position
/// divisible by 16, and so does every buffer in it.
public enum BatchBytes {
  private static let alignment = 16
  private enum Nulls { static let none: UInt64 = 0, some: UInt64 = 1 }

  public static func append(_ batch: RecordBatch, to out: GrowingBuffer) {
    out.append(littleEndian: UInt64(batch.count))
    for column in batch.columns { append(column, to: out) }
    pad(out)
  }

  /// The next batch. Throws `defect` where the bytes are not those of such a batch.
  public static func next(
    _ schema: Schema, _ reader: inout ByteReader
  ) throws(LakeError) -> RecordBatch {
    let count = try number(&reader)
    var columns: [Column] = []
    for field in schema.fields { columns.append(try column(field.type, count, &reader)) }
    try align(&reader)
    return RecordBatch(schema, columns, count: count)
  }

  // MARK: Writing

  private static func pad(_ out: GrowingBuffer) {
    let rest = out.count % alignment
    if rest > 0 { out.append([UInt8](repeating: 0, count: alignment - rest)) }
  }

  private static func append(_ all: Column, to out: GrowingBuffer) {
    let column = all.decoded()
    out.append(littleEndian: column.validity == nil ? Nulls.none : Nulls.some)
    if let validity = column.validity { append(validity, to: out) }
    pad(out)
    switch column.layout {
    case .nothing, .dictionary: break
    case .fixed(let values):
      out.append(values[0..<column.count * (column.type.fixedWidth ?? 0)])
    case .bits(let bits): append(bits, to: out)
    case .bytes(let offsets, let data):
      let range = append(offsets, column.count, to: out)
      out.append(data[range])
    case .list(let offsets, let child):
      let range = append(offsets, column.count, to: out)
      append(child.slice(range), to: out)
    case .structure(let children):
      for child in children { append(child, to: out) }
    }
    pad(out)
  }

  private static func append(_ bits: Bitmap, to out: GrowingBuffer) {
    out.append(bits.aligned().buffer[0..<(bits.count + 7) / 8])
  }

  /// Offsets that start at 0, padded; returns the range they spanned.
  private static func append(
    _ offsets: Buffer, _ count: Int, to out: GrowingBuffer
  ) -> Range<Int> {
    let starts = offsets.pointer.assumingMemoryBound(to: Int32.self)
    defer { withExtendedLifetime(offsets) {} }
    let first = starts[0]
    out.reserve((count + 1) * 4)
    let target = out.pointer + out.count
    for index in 0...count {
      target.storeBytes(of: starts[index] &- first, toByteOffset: index &* 4, as: Int32.self)
    }
    out.setCount(out.count + (count + 1) * 4)
    pad(out)
    return Int(first)..<Int(starts[count])
  }

  // MARK: Reading

  private static func align(_ reader: inout ByteReader) throws(LakeError) {
    let rest = reader.position % alignment
    if rest > 0 { try reader.skip(alignment - rest) }
  }

  private static func number(_ reader: inout ByteReader) throws(LakeError) -> Int {
    guard let value = Int(exactly: try reader.littleEndian(UInt64.self)) else {
      throw reader.failure("a count that is none")
    }
    return value
  }

  private static func column(
    _ type: ColumnType, _ count: Int, _ reader: inout ByteReader
  ) throws(LakeError) -> Column {
    let hasNulls = try reader.littleEndian(UInt64.self) == Nulls.some
    let validity = hasNulls ? try bits(count, &reader) : nil
    try align(&reader)
    let layout: Column.Layout
    switch type {
    case .null: layout = .nothing
    case .bool: layout = .bits(try bits(count, &reader))
    case .string, .binary:
      let (offsets, size) = try offsets(count, &reader)
      layout = .bytes(offsets: offsets, data: try reader.take(size))
    case .list(let element):
      let (offsets, size) = try offsets(count, &reader)
      layout = .list(offsets: offsets, child: try column(element.type, size, &reader))
    case .map(let key, let value):
      let (offsets, size) = try offsets(count, &reader)
      let entries = ColumnType.mapEntries(key: key, value: value)
      layout = .list(offsets: offsets, child: try column(entries.type, size, &reader))
    case .structure(let fields):
      var children: [Column] = []
      for field in fields { children.append(try column(field.type, count, &reader)) }
      layout = .structure(children)
    default: layout = .fixed(try reader.take(count * (type.fixedWidth ?? 0)))
    }
    try align(&reader)
    return Column(
      type, count: count, validity: validity, nullCount: type == .null ? count : nil,
      layout: layout)
  }

  private static func bits(_ count: Int, _ reader: inout ByteReader) throws(LakeError) -> Bitmap {
    Bitmap(try reader.take((count + 7) / 8), count: count)
  }

  private static func offsets(
    _ count: Int, _ reader: inout ByteReader
  ) throws(LakeError) -> (Buffer, Int) {
    let offsets = try reader.take((count + 1) * 4)
    let starts = offsets.pointer.assumingMemoryBound(to: Int32.self)
    let size = Int(starts[count])
    withExtendedLifetime(offsets) {}
    try align(&reader)
    guard size >= 0 else { throw reader.failure("offsets that are none") }
    return (offsets, size)
  }
}
