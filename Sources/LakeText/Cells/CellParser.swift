// Spec: 14-text-rows. From fields to columns: one pass per column, values written in place.
import LakeBase
import LakeColumns

/// Turns the fields of one column of a table into a `Column`.
struct CellParser: Sendable {
  let nullWords: [[UInt8]]
  /// Bit n: some null word has n bytes (63: that many or more).
  let nullLengths: UInt64
  let zoneOffset: Int?
  let limits: Limits
  /// What a null is called in columns that allow none.
  let nullCodes: [String: LakeCode]

  init(
    nullWords: [String] = [], zoneOffset: Int?, limits: Limits,
    nullCodes: [String: LakeCode] = [:]
  ) {
    self.nullWords = nullWords.map { Array($0.utf8) }.filter { !$0.isEmpty }
    nullLengths = self.nullWords.reduce(0) { $0 | 1 << UInt64(Swift.min(63, $1.count)) }
    self.zoneOffset = zoneOffset
    self.limits = limits
    self.nullCodes = nullCodes
  }

  /// The column at position `index` of the table's rows.
  /// - Parameter outer: rows that are null because the struct around them is; they may be null here
  ///   though the field is not nullable.
  func column(
    _ field: Field, _ table: FieldTable, _ index: Int, outer: NullRows? = nil
  ) throws(ParseFailure) -> Column {
    let job = CellJob(field: field, table: table, index: index, parser: self)
    let (layout, nulls) = try layout(job)
    if !field.nullable, let nulls, nulls.count > 0 {
      for row in 0..<table.rows where nulls.isNull(row) && outer?.isNull(row) != true {
        var failure = job.failure(row, "is null, and the column is \"not null\"")
        failure.hint = nil
        if let code = nullCodes[field.name] { failure.code = code }
        throw failure
      }
    }
    return Column(
      field.type, count: table.rows, validity: nulls?.validity, nullCount: nulls?.count ?? 0,
      layout: layout)
  }

  private func layout(_ job: CellJob) throws(ParseFailure) -> (Column.Layout, NullRows?) {
    switch job.field.type {
    case .int64: return try job.fixed(0 as Int64) { ValueText.int64($0, $1) }
    case .int32:
      return try job.fixed(0 as Int32) { ValueText.int64($0, $1).flatMap { Int32(exactly: $0) } }
    case .int16:
      return try job.fixed(0 as Int16) { ValueText.int64($0, $1).flatMap { Int16(exactly: $0) } }
    case .int8:
      return try job.fixed(0 as Int8) { ValueText.int64($0, $1).flatMap { Int8(exactly: $0) } }
    case .uint8:
      return try job.fixed(0 as UInt8) { ValueText.int64($0, $1).flatMap { UInt8(exactly: $0) } }
    case .uint16:
      return try job.fixed(0 as UInt16) { ValueText.int64($0, $1).flatMap { UInt16(exactly: $0) } }
    case .uint32:
      return try job.fixed(0 as UInt32) { ValueText.int64($0, $1).flatMap { UInt32(exactly: $0) } }
    case .uint64:
      return try job.fixed(0 as UInt64) { ValueText.int128($0, $1).flatMap { UInt64(exactly: $0) } }
    case .float64: return try job.fixed(0 as Double) { ValueText.double($0, $1) }
    case .float32: return try job.fixed(0 as Float) { ValueText.float($0, $1) }
    case .float16:
      return try job.fixed(0 as UInt16) { ValueText.float($0, $1).map { ValueText.half($0) } }
    case .date: return try job.fixed(0 as Int32) { ValueText.date($0, $1) }
    case .decimal(let precision, let scale):
      return try job.fixed(0 as Int128) {
        ValueText.decimal($0, $1, precision: precision, scale: scale)
      }
    case .time(let unit): return try time(job, unit)
    case .timestamp(let unit, let utc): return try timestamp(job, unit, utc)
    case .bool: return try job.bits()
    case .string: return try job.strings()
    case .binary: return try job.binaries()
    case .fixedBinary(let width): return try job.fixedBinaries(width)
    case .null: return try job.nothing()
    case .list, .map, .structure: return try nested(job)
    }
  }

  private func time(
    _ job: CellJob, _ unit: TimeUnit
  ) throws(ParseFailure) -> (Column.Layout, NullRows?) {
    let step = 1_000_000_000 / unit.perSecond
    if unit == .second || unit == .milli {
      return try job.fixed(0 as Int32) { text, count in
        guard let nanos = ValueText.time(text, count)?.nanos, nanos % step == 0 else { return nil }
        return Int32(exactly: nanos / step)
      }
    }
    return try job.fixed(0 as Int64) { text, count in
      guard let nanos = ValueText.time(text, count)?.nanos, nanos % step == 0 else { return nil }
      return nanos / step
    }
  }

  private func timestamp(
    _ job: CellJob, _ unit: TimeUnit, _ utc: Bool
  ) throws(ParseFailure) -> (Column.Layout, NullRows?) {
    let shift = Int64(zoneOffset ?? 0)
    let takesUnzoned = !utc || zoneOffset != nil
    return try job.fixed(0 as Int64) { text, count in
      guard var moment = ValueText.timestamp(text, count) else { return nil }
      if moment.isZoned != utc {
        if !takesUnzoned || moment.isZoned { return nil }
        moment.seconds = moment.seconds &- shift
      }
      return moment.ticks(unit)
    }
  }

  /// Whether an unquoted field means null.
  @inline(__always)
  func isNullWord(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if count == 0 { return true }
    if nullLengths >> UInt64(Swift.min(63, count)) & 1 == 0 { return false }
    return isListed(text, count)
  }

  @inline(never)
  private func isListed(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    nullWords.contains { word in
      word.withUnsafeBufferPointer { compareBytes($0.baseAddress, $0.count, text, count) == 0 }
    }
  }
}

/// Rows without a value; memory is taken at the first one.
struct NullRows {
  private(set) var count = 0
  private var bits: Memory?
  private let rows: Int

  init(_ rows: Int) { self.rows = rows }

  /// Marks a row that was not marked before.
  @inline(never)
  mutating func insert(_ row: Int) {
    let bits = self.bits ?? started()
    let byte = bits.start + row >> 3
    let value = byte.load(as: UInt8.self) & ~(1 << UInt8(row & 7))
    byte.storeBytes(of: value, as: UInt8.self)
    count &+= 1
  }

  private mutating func started() -> Memory {
    let made = Memory(byteCount: (rows + 7) / 8)
    made.start.initializeMemory(as: UInt8.self, repeating: 0xFF, count: (rows + 7) / 8)
    bits = made
    return made
  }

  func isNull(_ row: Int) -> Bool {
    guard let bits else { return false }
    return bits.start.load(fromByteOffset: row >> 3, as: UInt8.self) & (1 << UInt8(row & 7)) == 0
  }

  var validity: Bitmap? {
    bits.map { Bitmap(Buffer($0, count: (rows + 7) / 8), count: rows) }
  }
}
