// Spec: 06-base-files. Thrift's compact protocol, read with bounds, depth and size limits.
import LakeBase

/// The type codes of the compact protocol.
public enum CompactType: UInt8, Sendable {
  case boolTrue = 1
  case boolFalse = 2
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
  case uuid = 13
}

/// A field's header: its number and the type that follows.
public struct CompactField: Sendable {
  public let id: Int16
  public let type: CompactType
}

/// A cursor over Thrift compact bytes. Everything unexpected is `parquetMalformed` with its offset;
/// nesting and strings are held to `Limits`. [PQR-1]
public struct CompactReader {
  private let buffer: Buffer
  private let limits: Limits
  private var depth = 0
  private var lastIDs: [Int16] = []
  /// Bytes read so far, from the start of the buffer.
  public private(set) var position: Int

  public init(_ buffer: Buffer, _ limits: Limits = .standard, at position: Int = 0) {
    precondition(position >= 0 && position <= buffer.count)
    self.buffer = buffer
    self.limits = limits
    self.position = position
  }

  public var remaining: Int { buffer.count - position }

  public func failure(_ message: String) -> LakeError {
    LakeError(.parquetMalformed, "Thrift: \(message)", offset: position)
  }

  // MARK: Structs

  /// Enters a struct. Call `field()` until it returns nil.
  public mutating func begin() throws(LakeError) {
    try descend()
    lastIDs.append(0)
  }

  private mutating func descend() throws(LakeError) {
    depth += 1
    guard depth <= limits.thriftDepthMax else {
      throw LakeError(
        .limitExceeded, "Thrift nesting exceeds \(limits.thriftDepthMax) (thriftDepthMax)",
        offset: position)
    }
  }

  /// The next field of the innermost struct, or nil at its end (which leaves the struct).
  public mutating func field() throws(LakeError) -> CompactField? {
    let header = try byte()
    if header == 0 {
      lastIDs.removeLast()
      depth -= 1
      return nil
    }
    guard let type = CompactType(rawValue: header & 0x0F) else {
      throw failure("unknown field type \(header & 0x0F)")
    }
    let delta = Int16(header >> 4)
    let last = lastIDs[lastIDs.count - 1]
    let id: Int16
    if delta == 0 {
      guard let given = Int16(exactly: try zigzag()) else {
        throw failure("field number too large")
      }
      id = given
    } else {
      let (sum, overflow) = last.addingReportingOverflow(delta)
      guard !overflow else { throw failure("field number too large") }
      id = sum
    }
    lastIDs[lastIDs.count - 1] = id
    return CompactField(id: id, type: type)
  }

  /// A field that holds a struct, read by `body`.
  public mutating func structure<T>(
    _ field: CompactField, _ body: (inout CompactReader) throws(LakeError) -> T
  ) throws(LakeError) -> T {
    try expect(field, .structure)
    return try body(&self)
  }

  private func expect(_ field: CompactField, _ type: CompactType) throws(LakeError) {
    guard field.type == type else {
      throw failure("field \(field.id) is \(field.type) where \(type) is due")
    }
  }

  // MARK: Values

  public mutating func byte() throws(LakeError) -> UInt8 {
    guard position < buffer.count else { throw failure("ends early") }
    defer { position += 1 }
    return buffer[position]
  }

  private mutating func varint() throws(LakeError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      if shift == 63 && next > 1 { throw failure("a varint exceeds 64 bits") }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
      if shift > 63 { throw failure("a varint is longer than ten bytes") }
    }
  }

  private mutating func zigzag() throws(LakeError) -> Int64 {
    let raw = try varint()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  /// A field of type bool; its value is in the header.
  public func bool(_ field: CompactField) throws(LakeError) -> Bool {
    switch field.type {
    case .boolTrue: return true
    case .boolFalse: return false
    default: throw failure("field \(field.id) is \(field.type) where a bool is due")
    }
  }

  /// A field of type i8, i16, i32 or i64.
  public mutating func integer(_ field: CompactField) throws(LakeError) -> Int {
    switch field.type {
    case .byte: return Int(Int8(bitPattern: try byte()))
    case .int16, .int32, .int64: return Int(try zigzag())
    default: throw failure("field \(field.id) is \(field.type) where an integer is due")
    }
  }

  /// A field of type i32; a larger value is malformed.
  public mutating func int32(_ field: CompactField) throws(LakeError) -> Int32 {
    guard let value = Int32(exactly: try integer(field)) else {
      throw failure("field \(field.id) exceeds 32 bits")
    }
    return value
  }

  /// A field of type binary, shared with the buffer.
  public mutating func binary(_ field: CompactField) throws(LakeError) -> Buffer {
    try expect(field, .binary)
    return try binaryValue()
  }

  /// A field of type string; invalid UTF-8 is malformed.
  public mutating func string(_ field: CompactField) throws(LakeError) -> String {
    try expect(field, .binary)
    return try stringValue()
  }

  /// The bytes of a field of type string, shared with the buffer; invalid UTF-8 is malformed.
  public mutating func text(_ field: CompactField) throws(LakeError) -> Buffer {
    try expect(field, .binary)
    let at = position
    let bytes = try binaryValue()
    guard UTF8Bytes.isValid(bytes) else {
      throw LakeError(.parquetMalformed, "Thrift: a string is not UTF-8", offset: at)
    }
    return bytes
  }

  private mutating func binaryValue() throws(LakeError) -> Buffer {
    let length = try varint()
    guard length <= UInt64(limits.thriftStringBytesMax) else {
      throw LakeError(
        .limitExceeded,
        "a Thrift string of \(length) bytes exceeds \(limits.thriftStringBytesMax) "
          + "(thriftStringBytesMax)", offset: position)
    }
    guard length <= UInt64(remaining) else {
      throw failure("a string of \(length) bytes, \(remaining) left")
    }
    defer { position += Int(length) }
    return buffer[position..<position + Int(length)]
  }

  private mutating func stringValue() throws(LakeError) -> String {
    let at = position
    guard let text = try binaryValue().text else {
      throw LakeError(.parquetMalformed, "Thrift: a string is not UTF-8", offset: at)
    }
    return text
  }

  // MARK: Lists

  /// The header of a list; every element takes at least one byte, so the count is held to what is
  /// left before anything is allocated.
  private mutating func listHeader(
    _ field: CompactField, _ wanted: CompactType
  ) throws(LakeError) -> Int {
    guard field.type == .list || field.type == .set else {
      throw failure("field \(field.id) is \(field.type) where a list is due")
    }
    let (count, type) = try collectionHeader()
    let isBool = wanted == .boolTrue && (type == .boolFalse || type == .boolTrue)
    guard count == 0 || type == wanted || isBool else {
      throw failure("field \(field.id) lists \(String(describing: type)) where \(wanted) is due")
    }
    return count
  }

  private mutating func collectionHeader() throws(LakeError) -> (count: Int, type: CompactType?) {
    let header = try byte()
    var count = UInt64(header >> 4)
    if count == 15 { count = try varint() }
    guard count <= UInt64(remaining) else {
      throw failure("a list of \(count) elements, \(remaining) bytes left")
    }
    return (Int(count), CompactType(rawValue: header & 0x0F))
  }

  /// A list of structs, each read by `element`; at most `max` of them.
  public mutating func list<T>(
    _ field: CompactField, max: Int = .max,
    _ element: (inout CompactReader) throws(LakeError) -> T
  ) throws(LakeError) -> [T] {
    let count = try listHeader(field, .structure)
    guard count <= max else {
      throw LakeError(.limitExceeded, "a Thrift list of \(count), at most \(max)", offset: position)
    }
    var items: [T] = []
    items.reserveCapacity(Swift.min(count, 4_096))
    for _ in 0..<count { items.append(try element(&self)) }
    return items
  }

  public mutating func integers(_ field: CompactField) throws(LakeError) -> [Int] {
    guard field.type == .list || field.type == .set else {
      throw failure("field \(field.id) is \(field.type) where a list is due")
    }
    let (count, type) = try collectionHeader()
    guard count == 0 || type == .int32 || type == .int64 || type == .int16 else {
      throw failure("field \(field.id) is no list of integers")
    }
    var items: [Int] = []
    items.reserveCapacity(Swift.min(count, 4_096))
    for _ in 0..<count { items.append(Int(try zigzag())) }
    return items
  }

  public mutating func bools(_ field: CompactField) throws(LakeError) -> [Bool] {
    let count = try listHeader(field, .boolTrue)
    var items: [Bool] = []
    items.reserveCapacity(Swift.min(count, 4_096))
    for _ in 0..<count { items.append(try byte() == 1) }
    return items
  }

  public mutating func binaries(_ field: CompactField) throws(LakeError) -> [Buffer] {
    let count = try listHeader(field, .binary)
    var items: [Buffer] = []
    items.reserveCapacity(Swift.min(count, 4_096))
    for _ in 0..<count { items.append(try binaryValue()) }
    return items
  }

  public mutating func strings(_ field: CompactField) throws(LakeError) -> [String] {
    let count = try listHeader(field, .binary)
    var items: [String] = []
    items.reserveCapacity(Swift.min(count, 4_096))
    for _ in 0..<count { items.append(try stringValue()) }
    return items
  }

  // MARK: Unknown fields

  /// Passes over a field nobody knows.
  public mutating func skip(_ field: CompactField) throws(LakeError) {
    if field.type == .boolTrue || field.type == .boolFalse { return }
    try skip(field.type)
  }

  private mutating func advance(_ byteCount: Int) throws(LakeError) {
    guard byteCount <= remaining else { throw failure("ends early") }
    position += byteCount
  }

  /// Passes over one value of `type` as it stands in a list (bools take a byte there).
  private mutating func skip(_ type: CompactType) throws(LakeError) {
    switch type {
    case .boolTrue, .boolFalse, .byte: try advance(1)
    case .int16, .int32, .int64: _ = try varint()
    case .double: try advance(8)
    case .uuid: try advance(16)
    case .binary: _ = try binaryValue()
    case .structure:
      try begin()
      while let field = try field() { try skip(field) }
    case .list, .set:
      try descend()
      let (count, element) = try collectionHeader()
      guard count == 0 || element != nil else { throw failure("unknown element type") }
      if let element { for _ in 0..<count { try skip(element) } }
      depth -= 1
    case .map: try skipMap()
    }
  }

  private mutating func skipMap() throws(LakeError) {
    try descend()
    let count = try varint()
    guard count <= UInt64(remaining) else { throw failure("a map of \(count) entries") }
    if count > 0 {
      let types = try byte()
      guard let key = CompactType(rawValue: types >> 4),
        let value = CompactType(rawValue: types & 0x0F)
      else { throw failure("unknown type in a map") }
      for _ in 0..<Int(count) {
        try skip(key)
        try skip(value)
      }
    }
    depth -= 1
  }
}
