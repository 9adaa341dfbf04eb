// What the harness compares: rows, and per column a sum that touches every value.
import LakeBase
import LakeColumns

/// Consumes every column of batches. Strings count their bytes, timestamps `microseconds & 0xFFFFF`,
/// dates days since 1970, booleans trues, decimals units of 0.01, other numbers their plain sum.
struct Sums {
  private(set) var rows = 0
  private var whole: [String: Int64] = [:]
  private var real: [String: Double] = [:]

  mutating func add(_ batch: RecordBatch) {
    rows += batch.count
    for (field, column) in zip(batch.schema.fields, batch.columns) {
      if field.name.hasPrefix("_hoodie") || field.name == "_op" { continue }
      add(field.name, column)
    }
  }

  private mutating func add(_ name: String, _ column: Column) {
    switch column.type {
    case .string, .binary, .fixedBinary: whole[name, default: 0] += Self.bytes(column)
    case .bool:
      guard case .bits(let bits) = column.layout else { return }
      var count = 0
      if column.validity == nil { count = bits.setCount } else {
        for row in 0..<column.count where !column.isNull(row) && bits[row] { count += 1 }
      }
      whole[name, default: 0] += Int64(count)
    case .timestamp(let unit, _):
      let perMicro = unit == .nano ? Int64(1000) : 1
      let micros = unit == .second ? Int64(1_000_000) : unit == .milli ? 1000 : 1
      whole[name, default: 0] += Self.fold(column, Int64.self) { ($0 / perMicro * micros) & 0xFFFFF }
    case .int64, .uint64: whole[name, default: 0] += Self.fold(column, Int64.self) { $0 }
    case .int32, .date, .uint32: whole[name, default: 0] += Self.fold(column, Int32.self) { Int64($0) }
    case .int16, .uint16: whole[name, default: 0] += Self.fold(column, Int16.self) { Int64($0) }
    case .int8, .uint8: whole[name, default: 0] += Self.fold(column, Int8.self) { Int64($0) }
    case .decimal(_, let scale):
      let sum = Self.fold(column, Int128.self) { Int64(truncatingIfNeeded: $0) }
      var cents = sum
      if scale > 2 { for _ in 2..<scale { cents /= 10 } }
      if scale < 2 { for _ in scale..<2 { cents *= 10 } }
      whole[name, default: 0] += cents
    case .float64: real[name, default: 0] += Self.total(column, Double.self) { $0 }
    case .float32: real[name, default: 0] += Self.total(column, Float.self) { Double($0) }
    default: break
    }
  }

  private static func fold<T: BitwiseCopyable>(
    _ column: Column, _: T.Type, _ term: (T) -> Int64
  ) -> Int64 {
    let plain = column.decoded()
    return plain.withValues(as: T.self) { (values: UnsafePointer<T>) -> Int64 in
      var sum: Int64 = 0
      if let validity = plain.validity {
        for row in 0..<plain.count where validity[row] { sum &+= term(values[row]) }
      } else {
        for row in 0..<plain.count { sum &+= term(values[row]) }
      }
      return sum
    }
  }

  private static func total<T: BitwiseCopyable>(
    _ column: Column, _: T.Type, _ term: (T) -> Double
  ) -> Double {
    let plain = column.decoded()
    return plain.withValues(as: T.self) { (values: UnsafePointer<T>) -> Double in
      var sum = 0.0
      if let validity = plain.validity {
        for row in 0..<plain.count where validity[row] { sum += term(values[row]) }
      } else {
        for row in 0..<plain.count { sum += term(values[row]) }
      }
      return sum
    }
  }

  private static func bytes(_ column: Column) -> Int64 {
    switch column.layout {
    case .dictionary(let codes, let values):
      let lengths = (0..<values.count).map { values.isNull($0) ? 0 : Int64(values.bytes($0).count) }
      var sum: Int64 = 0
      codes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Void in
        let codes = raw.assumingMemoryBound(to: Int32.self)
        for row in 0..<column.count where !column.isNull(row) { sum &+= lengths[Int(codes[row])] }
      }
      return sum
    case .fixed: return Int64((column.count - column.nullCount) * (column.type.fixedWidth ?? 0))
    default:
      return column.withBytes { (offsets: UnsafePointer<Int32>, _: UnsafePointer<UInt8>) -> Int64 in
        guard let validity = column.validity else {
          return Int64(offsets[column.count] - offsets[0])
        }
        var sum: Int64 = 0
        for row in 0..<column.count where validity[row] {
          sum &+= Int64(offsets[row + 1] - offsets[row])
        }
        return sum
      }
    }
  }

  /// `{"rows": n, "sums": {…}}`, columns by name.
  var json: String {
    var parts: [(String, String)] = whole.map { ($0.key, String($0.value)) }
    parts += real.map { ($0.key, "\($0.value)") }
    let sums = parts.sorted { $0.0 < $1.0 }.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
    return "{\"rows\":\(rows),\"sums\":{\(sums)}}"
  }
}
