// Spec: 06-base-files. Thrift's compact protocol, writing: structs as fields with short headers.
import LakeBase

/// Writes structs field by field. Field numbers within a struct ascend.
struct CompactWriter {
  /// The wire's type numbers.
  enum Kind: UInt8 {
    case yes = 1
    case no = 2
    case byte = 3
    case int16 = 4
    case int32 = 5
    case int64 = 6
    case double = 7
    case binary = 8
    case list = 9
    case set = 10
    case map = 11
    case structure = 12
  }

  let bytes: GrowingBuffer
  private var last: Int16 = 0

  init(_ bytes: GrowingBuffer = GrowingBuffer()) { self.bytes = bytes }

  private mutating func header(_ field: Int16, _ kind: Kind) {
    let step = field - last
    if step > 0 && step <= 15 {
      bytes.append(byte: UInt8(step) << 4 | kind.rawValue)
    } else {
      bytes.append(byte: kind.rawValue)
      bytes.append(zigzag: Int64(field))
    }
    last = field
  }

  mutating func field(_ number: Int16, bool value: Bool?) {
    if let value { header(number, value ? .yes : .no) }
  }

  mutating func field(_ number: Int16, byte value: Int8?) {
    guard let value else { return }
    header(number, .byte)
    bytes.append(byte: UInt8(bitPattern: value))
  }

  mutating func field(_ number: Int16, int16 value: Int16?) {
    guard let value else { return }
    header(number, .int16)
    bytes.append(zigzag: Int64(value))
  }

  mutating func field(_ number: Int16, int32 value: Int32?) {
    guard let value else { return }
    header(number, .int32)
    bytes.append(zigzag: Int64(value))
  }

  mutating func field(_ number: Int16, int64 value: Int64?) {
    guard let value else { return }
    header(number, .int64)
    bytes.append(zigzag: value)
  }

  mutating func field(_ number: Int16, text value: String?) {
    guard let value else { return }
    header(number, .binary)
    var text = value
    text.withUTF8 { raw in
      bytes.append(varint: UInt64(raw.count))
      bytes.append(UnsafeRawBufferPointer(raw))
    }
  }

  mutating func field(_ number: Int16, buffer value: Buffer?) {
    guard let value else { return }
    header(number, .binary)
    append(buffer: value)
  }

  /// A list of 64-bit integers.
  mutating func field(_ number: Int16, int64s values: [Int]?) {
    guard let values else { return }
    field(number, listOf: .int64, count: values.count)
    for value in values { append(int: Int64(value)) }
  }

  /// A struct; `body` writes its fields with a writer of its own field numbers.
  mutating func field(_ number: Int16, _ body: (inout CompactWriter) -> Void) {
    header(number, .structure)
    structure(body)
  }

  /// The start of a list; `count` elements of `kind` follow, each written by an `append`.
  mutating func field(_ number: Int16, listOf kind: Kind, count: Int) {
    header(number, .list)
    if count < 15 {
      bytes.append(byte: UInt8(count) << 4 | kind.rawValue)
    } else {
      bytes.append(byte: 0xF0 | kind.rawValue)
      bytes.append(varint: UInt64(count))
    }
  }

  /// The fields of one struct and its end.
  mutating func structure(_ body: (inout CompactWriter) -> Void) {
    var inner = CompactWriter(bytes)
    body(&inner)
    bytes.append(byte: 0)
  }

  mutating func append(int value: Int64) { bytes.append(zigzag: value) }

  mutating func append(bool value: Bool) {
    bytes.append(byte: value ? Kind.yes.rawValue : Kind.no.rawValue)
  }

  mutating func append(buffer value: Buffer) {
    bytes.append(varint: UInt64(value.count))
    bytes.append(value)
  }

  mutating func append(text value: String) { append(buffer: Buffer(utf8: value)) }
}
