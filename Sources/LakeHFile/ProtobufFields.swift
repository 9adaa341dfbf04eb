// Spec: 08-hfile. The little of protobuf that trailers and file infos use.
import LakeBase

/// Walks the fields of a protobuf message.
struct ProtobufFields {
  struct Field {
    let number: UInt64
    /// Of varint fields.
    let value: UInt64
    /// Of length-delimited fields.
    let bytes: Buffer
    let isNumber: Bool
  }

  private var reader: ByteReader

  init(_ message: Buffer) { reader = ByteReader(message, code: .hfileMalformed) }

  mutating func next() throws(LakeError) -> Field? {
    if reader.isAtEnd { return nil }
    let tag = try reader.varint()
    switch tag & 7 {
    case 0:
      return Field(number: tag >> 3, value: try reader.varint(), bytes: Buffer(), isNumber: true)
    case 1:
      try reader.skip(8)
    case 2:
      let length = try reader.varint()
      guard let count = Int(exactly: length) else { throw reader.failure("a field is too long") }
      let bytes = try reader.take(count)
      return Field(number: tag >> 3, value: 0, bytes: bytes, isNumber: false)
    case 5:
      try reader.skip(4)
    default:
      throw reader.failure("a protobuf field of type \(tag & 7)")
    }
    return Field(number: 0, value: 0, bytes: Buffer(), isNumber: false)
  }

  /// The value of a varint field as an offset or a count; at most 2^62.
  func size(_ field: Field) throws(LakeError) -> Int {
    guard field.isNumber, let value = Int(exactly: field.value), value <= 1 << 62 else {
      throw reader.failure("field \(field.number) is no size")
    }
    return value
  }
}
