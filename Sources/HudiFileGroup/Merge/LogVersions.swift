// Spec: 10-merging. What a batch of log entries comes down to before it is folded.
import HudiModel
import LakeBase
import LakeColumns

/// Versions of some keys in the order of the log.
struct LogVersions {
  /// What is known of a record besides its ordering value.
  struct Mark: OptionSet {
    let rawValue: UInt8
    static let delete = Mark(rawValue: 1)
    /// The ordering value is the default: a delete that wins over everything before it.
    static let unordered = Mark(rawValue: 2)
    /// An entry of a delete block.
    static let entry = Mark(rawValue: 4)
  }

  /// Without nulls: text, or positions of eight bytes.
  let keys: Column
  let marks: [Mark]
  /// One column per ordering field.
  let order: [Column]
  /// The wanted columns; nil: deletes that are not shown.
  let rows: RecordBatch?
  /// Of a partial block: whether the block has the wanted column.
  let present: [Bool]?

  var count: Int { marks.count }
}

extension LogVersions {
  func take(_ picks: [Int32]) -> LogVersions {
    if picks.count == count { return self }
    return LogVersions(
      keys: keys.take(picks), marks: picks.map { marks[Int($0)] },
      order: order.map { $0.take(picks) }, rows: rows?.take(picks), present: present)
  }
}

// MARK: In temporary files

extension LogVersions {
  private static let mark = Field("mark", .uint8, nullable: false)

  /// The columns of versions in a temporary file.
  private static func stored(_ columns: SliceColumns, withRows: Bool) -> Schema {
    let key = Field("key", columns.isByPosition ? .binary : .string, nullable: false)
    let order = columns.orderTypes.enumerated().map { Field("order \($0.offset)", $0.element) }
    return Schema([key, mark] + order + (withRows ? columns.wanted.fields : []))
  }

  /// Two words and a byte for each wanted column say what follows.
  func append(to out: GrowingBuffer, _ columns: SliceColumns) {
    out.append(littleEndian: UInt64(rows == nil ? 0 : 1))
    out.append(littleEndian: UInt64(present?.count ?? 0))
    let flags = (present ?? []).map { UInt8($0 ? 1 : 0) }
    out.append(flags + [UInt8](repeating: 0, count: (16 - flags.count % 16) % 16))
    let marks = Column(
      .uint8, count: count, layout: .fixed(Buffer(self.marks.map(\.rawValue))))
    BatchBytes.append(
      RecordBatch(
        Self.stored(columns, withRows: rows != nil),
        [keys, marks] + order + (rows?.columns ?? []), count: count), to: out)
  }

  init(_ reader: inout ByteReader, _ columns: SliceColumns) throws(LakeError) {
    let hasRows = try reader.littleEndian(UInt64.self) == 1
    let flagCount = try reader.littleEndian(UInt64.self) == 0 ? 0 : columns.wanted.count
    let flags = try reader.take((flagCount + 15) / 16 * 16)
    let batch = try BatchBytes.next(Self.stored(columns, withRows: hasRows), &reader)
    let width = 2 + columns.orderTypes.count
    keys = batch.columns[0]
    marks = (0..<batch.count).map { Mark(rawValue: batch.columns[1].value($0, as: UInt8.self)) }
    order = Array(batch.columns[2..<width])
    rows =
      hasRows
      ? RecordBatch(columns.wanted, Array(batch.columns[width...]), count: batch.count) : nil
    present = flagCount == 0 ? nil : (0..<flagCount).map { flags[$0] == 1 }
  }
}
