// Spec: 08-hfile. The index blocks: where each data block lies and what it starts with.
import LakeBase

/// Where a block lies, and the key it starts with or a key between it and the block before.
public struct HFileBlockPlace: Sendable {
  public let offset: Int
  /// Bytes of the whole block.
  public let size: Int
  /// The row of the first key; of a meta block, its name.
  public let key: Buffer
}

enum HFileIndex {
  /// The entries of a root or meta index; `count` comes from the trailer.
  static func root(
    _ payload: Buffer, count: Int, isMeta: Bool, at offset: Int
  ) throws(LakeError) -> [HFileBlockPlace] {
    guard count <= payload.count / 13 else {
      throw LakeError(
        .hfileMalformed, "\(count) index entries do not fit into \(payload.count) bytes",
        offset: offset)
    }
    var reader = ByteReader(payload, code: .hfileMalformed)
    var places: [HFileBlockPlace] = []
    places.reserveCapacity(count)
    do throws(LakeError) {
      for _ in 0..<count {
        let place = Int(exactly: try reader.bigEndian(Int64.self))
        let size = Int(try reader.bigEndian(Int32.self))
        let key = isMeta ? try sized(&reader) : try dataKey(&reader)
        guard let place, place >= 0, size >= HFileFrame.headerSize else {
          throw reader.failure("an index entry points nowhere")
        }
        places.append(HFileBlockPlace(offset: place, size: size, key: key))
      }
    } catch {
      throw error.shifted(by: offset)
    }
    return places
  }

  /// The entries of a leaf or intermediate index, after a table of where they start.
  static func level(
    _ payload: Buffer, at offset: Int
  ) throws(LakeError) -> [HFileBlockPlace] {
    var reader = ByteReader(payload, code: .hfileMalformed)
    var places: [HFileBlockPlace] = []
    do throws(LakeError) {
      let count = Int(try reader.bigEndian(Int32.self))
      guard count >= 0, count <= payload.count / 16 else {
        throw reader.failure("\(count) index entries do not fit")
      }
      var table = reader
      try reader.skip(4 * (count + 1))
      let entries = reader.position
      var start = Int(try table.bigEndian(Int32.self))
      for _ in 0..<count {
        let end = Int(try table.bigEndian(Int32.self))
        guard start >= 0, end >= start + 12, end <= payload.count - entries else {
          throw reader.failure("an index entry leaves its block")
        }
        try reader.seek(entries + start)
        let place = Int(exactly: try reader.bigEndian(Int64.self))
        let size = Int(try reader.bigEndian(Int32.self))
        guard let place, place >= 0, size >= HFileFrame.headerSize,
          let key = row(try reader.take(end - start - 12))
        else { throw reader.failure("an index entry points nowhere") }
        places.append(HFileBlockPlace(offset: place, size: size, key: key))
        start = end
      }
    } catch {
      throw error.shifted(by: offset)
    }
    return places
  }

  /// Blocks follow each other without overlap before `end`, keys in order. [HFILE-4]
  static func check(
    _ places: [HFileBlockPlace], before end: Int, _ what: String
  ) throws(LakeError) {
    var next = 0
    for (index, place) in places.enumerated() {
      guard place.offset >= next, place.offset <= end, place.size <= end - place.offset else {
        throw LakeError(
          .hfileMalformed, "\(what) \(index) of the index lies outside or behind the next one",
          offset: end)
      }
      if index > 0 && !HFileKeys.mayPrecede(places[index - 1].key, place.key) {
        throw LakeError(.hfileMalformed, "the index is not in order", offset: end)
      }
      next = place.offset + place.size
    }
  }

  // MARK: Keys

  /// The row of a key with or without what HBase puts behind it; nil when it is none. [HFILE-7]
  static func row(_ key: Buffer) -> Buffer? {
    guard key.count >= 2 else { return nil }
    let length = Int(key[0]) << 8 | Int(key[1])
    guard key.count == length + 2 || key.count >= length + 12 else { return nil }
    return key[2..<2 + length]
  }

  private static func exactRow(_ key: Buffer) -> Buffer? {
    guard let row = row(key), key.count == row.count + 2 || key.count == row.count + 12 else {
      return nil
    }
    return row
  }

  /// A key after its length, which some writers spelled in protobuf's way. [HFILE-7]
  private static func dataKey(_ reader: inout ByteReader) throws(LakeError) -> Buffer {
    var hadoop = reader
    if let key = try? sized(&hadoop), let row = exactRow(key) {
      reader = hadoop
      return row
    }
    var protobuf = reader
    if let length = try? protobuf.varint(), let count = Int(exactly: length),
      let key = try? protobuf.take(count), let row = exactRow(key)
    {
      reader = protobuf
      return row
    }
    let key = try sized(&reader)
    guard let row = row(key) else { throw reader.failure("an index entry has no key") }
    return row
  }

  private static func sized(_ reader: inout ByteReader) throws(LakeError) -> Buffer {
    let count = try hadoopVInt(&reader)
    guard count >= 0, let count = Int(exactly: count) else {
      throw reader.failure("a length is negative")
    }
    return try reader.take(count)
  }

  /// Hadoop's variable-length integer: one byte, or a byte that counts the ones after it.
  static func hadoopVInt(_ reader: inout ByteReader) throws(LakeError) -> Int64 {
    let first = Int(Int8(bitPattern: try reader.byte()))
    if first >= -112 { return Int64(first) }
    let isNegative = first < -120
    let count = isNegative ? -120 - first : -112 - first
    var value: UInt64 = 0
    for _ in 0..<count { value = value << 8 | UInt64(try reader.byte()) }
    return isNegative ? ~Int64(bitPattern: value) : Int64(bitPattern: value)
  }
}
