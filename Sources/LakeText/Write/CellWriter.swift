// Spec: 14-text-rows. The text of one cell.
import LakeBase
import LakeColumns

/// A column made ready for writing its values one by one: pointers and a kind.
struct CellWriter {
  private enum Kind {
    case nothing, bool
    case int8, int16, int32, int64, uint8, uint16, uint32, uint64
    case half, float, double
    case decimal(Int)
    case date
    case time32(TimeUnit), time64(TimeUnit)
    case timestamp(TimeUnit, Bool)
    case text, binary
    case fixedBinary(Int)
    case list, map, structure
  }

  private let kind: Kind
  private let column: Column
  private let values: UnsafeRawPointer
  private let offsets: UnsafePointer<Int32>
  private let validity: Bitmap?
  private let children: [CellWriter]
  /// Structs: `"name":` of every field, the first without and the others with a comma in front.
  private let labels: [[UInt8]]

  /// Text and binary: quoted in JSON.
  var isText: Bool {
    if case .text = kind { return true }
    return false
  }

  /// - Parameter column: kept alive by this value.
  init(_ column: Column) {
    let column = column.decoded()
    self.column = column
    validity = column.validity
    var values = Buffer()
    var offsets = Buffer()
    var children: [CellWriter] = []
    var labels: [[UInt8]] = []
    switch column.layout {
    case .nothing, .bits, .dictionary: break
    case .fixed(let buffer): values = buffer
    case .bytes(let from, let data): (offsets, values) = (from, data)
    case .list(let from, let child):
      offsets = from
      if case .map = column.type, case .structure(let pair) = child.layout {
        children = pair.map { CellWriter($0) }
      } else {
        children = [CellWriter(child)]
      }
    case .structure(let parts):
      children = parts.map { CellWriter($0) }
      if case .structure(let fields) = column.type { labels = CellWriter.labels(fields) }
    }
    self.children = children
    self.labels = labels
    self.values = values.pointer
    self.offsets = offsets.pointer.assumingMemoryBound(to: Int32.self)
    kind = CellWriter.kind(column.type)
  }

  static func labels(_ fields: [Field]) -> [[UInt8]] {
    fields.enumerated().map { index, field in
      var store = ByteStore()
      if index > 0 { store.append(0x2C as UInt8) }
      var name = field.name
      name.withUTF8 { bytes in
        store.append(0x22 as UInt8)
        if let start = bytes.baseAddress { JSONText.append(start, bytes.count, &store) }
        store.append(0x22 as UInt8)
      }
      store.append(0x3A as UInt8)
      return store.take().bytes
    }
  }

  private static func kind(_ type: ColumnType) -> Kind {
    switch type {
    case .null: .nothing
    case .bool: .bool
    case .int8: .int8
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .uint8: .uint8
    case .uint16: .uint16
    case .uint32: .uint32
    case .uint64: .uint64
    case .float16: .half
    case .float32: .float
    case .float64: .double
    case .decimal(_, let scale): .decimal(scale)
    case .date: .date
    case .time(let unit): unit == .second || unit == .milli ? .time32(unit) : .time64(unit)
    case .timestamp(let unit, let utc): .timestamp(unit, utc)
    case .string: .text
    case .binary: .binary
    case .fixedBinary(let width): .fixedBinary(width)
    case .list: .list
    case .map: .map
    case .structure: .structure
    }
  }

  @inline(__always)
  func isNull(_ row: Int) -> Bool {
    if let validity { return !validity[row] }
    if case .nothing = kind { return true }
    return false
  }

  /// The bytes of a text cell.
  @inline(__always)
  func text(_ row: Int) -> (UnsafePointer<UInt8>, Int) {
    let start = Int(offsets[row])
    let bytes = (values + start).assumingMemoryBound(to: UInt8.self)
    return (bytes, Int(offsets[row &+ 1]) &- start)
  }

  @inline(__always)
  private func load<T: BitwiseCopyable>(_ row: Int, _: T.Type) -> T {
    (values + row &* MemoryLayout<T>.size).loadUnaligned(as: T.self)
  }

  /// The value of a row that is not null as JSON.
  func json(_ row: Int, _ out: inout ByteStore) {
    switch kind {
    case .text:
      let (start, count) = text(row)
      out.append(0x22 as UInt8)
      JSONText.append(start, count, &out)
      out.append(0x22 as UInt8)
    case .list, .map, .structure: nested(row, &out)
    case .nothing: out.append(nullWord)
    case .binary, .fixedBinary, .decimal, .date, .time32, .time64, .timestamp:
      out.append(0x22 as UInt8)
      plain(row, &out)
      out.append(0x22 as UInt8)
    case .half, .float, .double:
      let isFinite: Bool
      switch kind {
      case .half: isFinite = load(row, UInt16.self) & 0x7C00 != 0x7C00
      case .float: isFinite = load(row, Float.self).isFinite
      default: isFinite = load(row, Double.self).isFinite
      }
      if isFinite { return plain(row, &out) }
      out.append(0x22 as UInt8)
      plain(row, &out)
      out.append(0x22 as UInt8)
    default: plain(row, &out)
    }
  }

  /// The value of a row that is not null without quotes; nested values as JSON.
  func plain(_ row: Int, _ out: inout ByteStore) {
    out.reserve(ValueText.widthMax)
    let target = (out.base + out.count).assumingMemoryBound(to: UInt8.self)
    let written: Int
    switch kind {
    case .int64: written = ValueText.write(int64: load(row, Int64.self), to: target)
    case .int32: written = ValueText.write(int64: Int64(load(row, Int32.self)), to: target)
    case .double: written = ValueText.write(double: load(row, Double.self), to: target)
    case .float: written = ValueText.write(float: load(row, Float.self), to: target)
    case .date: written = ValueText.write(date: Int(load(row, Int32.self)), to: target)
    case .timestamp(let unit, let utc):
      written = ValueText.write(timestamp: load(row, Int64.self), unit, utc: utc, to: target)
    case .decimal(let scale):
      written = ValueText.write(decimal: load(row, Int128.self), scale: scale, to: target)
    case .int8: written = ValueText.write(int64: Int64(load(row, Int8.self)), to: target)
    case .int16: written = ValueText.write(int64: Int64(load(row, Int16.self)), to: target)
    case .uint8: written = ValueText.write(unsigned: UInt64(load(row, UInt8.self)), to: target)
    case .uint16: written = ValueText.write(unsigned: UInt64(load(row, UInt16.self)), to: target)
    case .uint32: written = ValueText.write(unsigned: UInt64(load(row, UInt32.self)), to: target)
    case .uint64: written = ValueText.write(unsigned: load(row, UInt64.self), to: target)
    case .half:
      written = ValueText.write(float: ValueText.single(half: load(row, UInt16.self)), to: target)
    case .time32(let unit):
      written = ValueText.write(time: Int64(load(row, Int32.self)), unit, to: target)
    case .time64(let unit): written = ValueText.write(time: load(row, Int64.self), unit, to: target)
    case .bool:
      out.append(bit(row) ? trueWord : falseWord)
      return
    case .nothing:
      out.append(nullWord)
      return
    case .text:
      let (start, count) = text(row)
      out.append(start, count)
      return
    case .binary:
      let (start, count) = text(row)
      return hexadecimal(start, count, &out)
    case .fixedBinary(let width):
      let start = (values + row * width).assumingMemoryBound(to: UInt8.self)
      return hexadecimal(start, width, &out)
    case .list, .map, .structure: return nested(row, &out)
    }
    out.count &+= written
  }

  private func bit(_ row: Int) -> Bool {
    guard case .bits(let bits) = column.layout else { return false }
    return bits[row]
  }

  private func hexadecimal(
    _ start: UnsafePointer<UInt8>, _ count: Int, _ out: inout ByteStore
  ) {
    out.reserve(count * 2)
    ValueText.write(
      hexadecimal: start, count, to: (out.base + out.count).assumingMemoryBound(to: UInt8.self))
    out.count += count * 2
  }

  private func nested(_ row: Int, _ out: inout ByteStore) {
    if case .structure = kind {
      out.append(0x7B as UInt8)
      for index in children.indices {
        out.append(labels[index])
        children[index].jsonOrNull(row, &out)
      }
      out.append(0x7D as UInt8)
      return
    }
    out.append(0x5B as UInt8)
    let first = Int(offsets[row])
    for item in first..<Int(offsets[row + 1]) {
      if item > first { out.append(0x2C as UInt8) }
      if case .map = kind {
        out.append(0x5B as UInt8)
        children[0].jsonOrNull(item, &out)
        out.append(0x2C as UInt8)
        children[1].jsonOrNull(item, &out)
        out.append(0x5D as UInt8)
      } else {
        children[0].jsonOrNull(item, &out)
      }
    }
    out.append(0x5D as UInt8)
  }

  @inline(__always)
  func jsonOrNull(_ row: Int, _ out: inout ByteStore) {
    if isNull(row) { out.append(nullWord) } else { json(row, &out) }
  }
}

private let nullWord: StaticString = "null"
private let trueWord: StaticString = "true"
private let falseWord: StaticString = "false"

extension ByteStore {
  mutating func append(_ word: StaticString) {
    append(UnsafeRawPointer(word.utf8Start), word.utf8CodeUnitCount)
  }

  mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }
}
