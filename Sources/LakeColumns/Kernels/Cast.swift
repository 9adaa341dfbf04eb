// Spec: 02-columns. Columns of one type as columns of another: the promotions of evolving schemas.
import LakeBase

extension ColumnType {
  /// Whether every value of this type may be promoted to `other` when a schema changes: whole
  /// numbers to wider ones, to floats and to text; floats to double and text; decimals to wider
  /// decimals and text; bytes and text, dates and text both ways. Lists, maps and structs when what
  /// they consist of may; fields of structs are matched by name and are the same on both sides.
  public func canBecome(_ other: ColumnType) -> Bool {
    if self == other { return true }
    switch (self, other) {
    case (.null, _): return true
    case (.int8, .int16), (.int8, .int32), (.int8, .int64), (.int16, .int32), (.int16, .int64),
      (.int32, .int64), (.uint8, .uint16), (.uint8, .uint32), (.uint8, .uint64),
      (.uint16, .uint32), (.uint16, .uint64), (.uint32, .uint64), (.uint8, .int16),
      (.uint8, .int32), (.uint8, .int64), (.uint16, .int32), (.uint16, .int64), (.uint32, .int64):
      return true
    case (.int8, .float32), (.int16, .float32), (.int32, .float32), (.int64, .float32),
      (.int8, .float64), (.int16, .float64), (.int32, .float64), (.int64, .float64),
      (.float16, .float32), (.float16, .float64), (.float32, .float64):
      return true
    case (.int8, .string), (.int16, .string), (.int32, .string), (.int64, .string),
      (.float32, .string), (.float64, .string), (.decimal, .string), (.date, .string),
      (.binary, .string), (.string, .binary), (.string, .date), (.fixedBinary, .binary):
      return true
    case (.decimal(let p, let s), .decimal(let wider, let finer)):
      return finer >= s && wider - finer >= p - s
    case (.list(let element), .list(let wider)): return element.canBecome(wider)
    case (.map(let key, let value), .map(let widerKey, let widerValue)):
      return key.canBecome(widerKey) && value.canBecome(widerValue)
    case (.structure(let have), .structure(let want)):
      guard have.count == want.count else { return false }
      return have.allSatisfy { field in
        want.first { $0.name == field.name }.map { field.canBecome($0) } ?? false
      }
    default: return false
    }
  }
}

extension Field {
  /// Values inside a column: the type may grow, and what may be null here may be null there.
  fileprivate func canBecome(_ other: Field) -> Bool {
    type.canBecome(other.type) && (other.nullable || !nullable)
  }
}

extension Column {
  /// The same rows as another type: promotions, decimals at another scale, times in another unit
  /// where nothing is lost, and text to any type whose values it spells. Dictionaries are replaced
  /// by values. Throws `schemaMismatch` for types that have nothing in common and for a value that
  /// does not fit.
  public func cast(to wanted: ColumnType) throws(LakeError) -> Column {
    if type == wanted { return self }
    if nullCount == count { return Column.nulls(wanted, count: count) }
    if case .dictionary = layout { return try decoded().cast(to: wanted) }
    func made(_ layout: Layout) -> Column {
      Column(wanted, count: count, validity: validity, nullCount: nullCount, layout: layout)
    }
    switch (type, wanted, layout) {
    case (.string, .binary, .bytes): return made(layout)
    case (.binary, .string, .bytes(let offsets, let data)):
      let ends = offsets.pointer.assumingMemoryBound(to: Int32.self)
      guard data[Int(ends[0])..<Int(ends[count])].text != nil else {
        throw LakeError(.schemaMismatch, "binary values that are not UTF-8 cannot become text")
      }
      return made(layout)
    case (.int32, .int64, _): return made(widened(Int32.self) { Int64($0) })
    case (.int32, .float64, _): return made(widened(Int32.self) { Double($0) })
    case (.int64, .float64, _): return made(widened(Int64.self) { Double($0) })
    default: return try castByValue(wanted)
    }
  }

  @inline(__always)
  private func widened<From: BitwiseCopyable, To: BitwiseCopyable>(
    _: From.Type, _ convert: (From) -> To
  ) -> Layout {
    let memory = Memory(byteCount: count * MemoryLayout<To>.size)
    let target = memory.start.bindMemory(to: To.self, capacity: count)
    withValues(as: From.self) { (source: UnsafePointer<From>) -> Void in
      for row in 0..<count { target[row] = convert(source[row]) }
    }
    return .fixed(Buffer(memory, count: count * MemoryLayout<To>.size))
  }

  private func castByValue(_ wanted: ColumnType) throws(LakeError) -> Column {
    let builder = ColumnBuilder(wanted, capacity: count)
    for row in 0..<count {
      if isNull(row) {
        builder.appendNull()
        continue
      }
      let value = scalar(row)
      guard let converted = Cast.convert(value, type, wanted) else {
        throw LakeError(
          .schemaMismatch,
          "row \(row): \(Cast.text(value, type)) of type \(type) cannot become \(wanted)")
      }
      try builder.append(converted)
    }
    return builder.finish()
  }
}

/// One value from type to type.
private enum Cast {
  static func convert(_ value: Scalar, _ from: ColumnType, _ to: ColumnType) -> Scalar? {
    switch (from, to) {
    case (.string, _):
      guard case .string(let text) = value else { return nil }
      return ValueText.withBytes(text) { parse($0, $1, to) }
    case (.fixedBinary, .binary): return value
    case (_, .string):
      return from.isNested ? nil : .string(text(value, from))
    case (.timestamp(let unit, let a), .timestamp(let other, let b)) where a == b:
      return ticks(value, unit, other)
    case (.time(let unit), .time(let other)): return ticks(value, unit, other)
    default: return number(value, from, to)
    }
  }

  private static func ticks(_ value: Scalar, _ from: TimeUnit, _ to: TimeUnit) -> Scalar? {
    guard case .int(let ticks) = value else { return nil }
    let moved = ValueText.rescale(Int128(ticks), from: from.digits, to: to.digits)
    return moved.flatMap { Int64(exactly: $0) }.map { .int($0) }
  }

  private static func number(_ value: Scalar, _ from: ColumnType, _ to: ColumnType) -> Scalar? {
    let whole: Int128
    switch value {
    case .int(let value): whole = Int128(value)
    case .uint(let value): whole = Int128(value)
    case .decimal(let value): whole = value
    case .float(let value):
      // By way of the decimal text, as Hudi does: 0.1 stays 0.1.
      if to == .float64 { return Double(value.description).map { .double($0) } }
      return to == .float32 ? .float(value) : nil
    default: return nil
    }
    var scale = 0
    if case .decimal(_, let own) = from { scale = own }
    guard from.isWhole || scale > 0 || value.isDecimal else { return nil }
    switch to {
    case .float64:
      return scale == 0 ? .double(Double(whole)) : Double("\(whole)e-\(scale)").map { .double($0) }
    case .float32: return scale == 0 ? .float(Float(whole)) : nil
    case .decimal(let precision, let wanted):
      guard let moved = ValueText.rescale(whole, from: scale, to: wanted),
        moved.magnitude < ValueText.powerOfTen(precision).magnitude
      else { return nil }
      return .decimal(moved)
    case .uint8, .uint16, .uint32, .uint64:
      guard scale == 0, let exact = UInt64(exactly: whole), to.holds(whole) else { return nil }
      return .uint(exact)
    default:
      guard to.isWhole, scale == 0, to.holds(whole) else { return nil }
      return .int(Int64(truncatingIfNeeded: whole))
    }
  }

  static func parse(_ text: UnsafePointer<UInt8>, _ count: Int, _ to: ColumnType) -> Scalar? {
    switch to {
    case .bool: return ValueText.bool(text, count).map { .bool($0) }
    case .float32: return ValueText.float(text, count).map { .float($0) }
    case .float64: return ValueText.double(text, count).map { .double($0) }
    case .date: return ValueText.date(text, count).map { .int(Int64($0)) }
    case .decimal(let precision, let scale):
      return ValueText.decimal(text, count, precision: precision, scale: scale).map { .decimal($0) }
    case .time(let unit):
      return ValueText.time(text, count).flatMap { ticks(.int($0.nanos), .nano, unit) }
    case .timestamp(let unit, let utc):
      guard let moment = ValueText.timestamp(text, count), moment.isZoned == utc else {
        // Key generators store instants as plain ticks.
        return ValueText.int64(text, count).map { .int($0) }
      }
      return moment.ticks(unit).map { .int($0) }
    case .uint8, .uint16, .uint32, .uint64:
      guard let whole = ValueText.int128(text, count), to.holds(whole) else { return nil }
      return .uint(UInt64(truncatingIfNeeded: whole))
    default:
      guard to.isWhole, let whole = ValueText.int128(text, count), to.holds(whole) else {
        return nil
      }
      return .int(Int64(truncatingIfNeeded: whole))
    }
  }

  /// The text of a value, as rows print it.
  static func text(_ value: Scalar, _ type: ColumnType) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ValueText.widthMax) { space -> String in
      guard let start = space.baseAddress else { return "" }
      let count: Int
      switch (value, type) {
      case (.string(let text), _): return text
      case (.bool(let value), _): return value ? "true" : "false"
      case (.int(let days), .date): count = ValueText.write(date: Int(days), to: start)
      case (.int(let ticks), .time(let unit)): count = ValueText.write(time: ticks, unit, to: start)
      case (.int(let ticks), .timestamp(let unit, let utc)):
        count = ValueText.write(timestamp: ticks, unit, utc: utc, to: start)
      case (.int(let value), _): count = ValueText.write(int64: value, to: start)
      case (.uint(let value), _): count = ValueText.write(unsigned: value, to: start)
      case (.float(let value), _): count = ValueText.write(float: value, to: start)
      case (.double(let value), _): count = ValueText.write(double: value, to: start)
      case (.decimal(let value), .decimal(_, let scale)):
        count = ValueText.write(decimal: value, scale: scale, to: start)
      case (.binary(let bytes), _):
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      default: return "a value"
      }
      return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
  }
}

extension Scalar {
  fileprivate var isDecimal: Bool {
    if case .decimal = self { return true }
    return false
  }
}

extension ColumnType {
  fileprivate var isWhole: Bool {
    switch self {
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64: true
    default: false
    }
  }

  fileprivate func holds(_ value: Int128) -> Bool {
    switch self {
    case .int8: Int8(exactly: value) != nil
    case .int16: Int16(exactly: value) != nil
    case .int32: Int32(exactly: value) != nil
    case .int64: Int64(exactly: value) != nil
    case .uint8: UInt8(exactly: value) != nil
    case .uint16: UInt16(exactly: value) != nil
    case .uint32: UInt32(exactly: value) != nil
    case .uint64: UInt64(exactly: value) != nil
    default: false
    }
  }
}
