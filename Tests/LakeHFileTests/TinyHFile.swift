// A writer of small HFiles for tests, with a knob for every variation and for every lie.
import LakeBase
import LakeCodecs
import LakeHFile

struct TinyHFile {
  enum KeyForm { case full, bare, bareProtobuf }

  var codec = 2
  var checksum: UInt8 = 0
  var bytesPerChecksum: Int32 = 16_384
  var keyForm = KeyForm.full
  var levels = 1
  /// Entries of each data block.
  var blocks: [[(key: String, value: String)]] = []
  var info: [(String, [UInt8])] = [
    ("KEY_VALUE_VERSION", [0, 0, 0, 1]), ("MAX_MEMSTORE_TS_KEY", [0, 0, 0, 0, 0, 0, 0, 0]),
  ]
  var metas: [(String, [UInt8])] = []
  /// Changes an index entry: block number, offset, size.
  var index: (Int, Int, Int) -> (offset: Int, size: Int) = { ($1, $2) }
  /// Changes a trailer field: number, value.
  var trailer: (UInt64, UInt64) -> UInt64 = { $1 }
  var major: UInt8 = 3
  /// Replaces a key of the index.
  var indexKey: (Int, String) -> String = { $1 }

  static func big<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  static func varint(_ value: UInt64) -> [UInt8] {
    let buffer = GrowingBuffer()
    buffer.append(varint: value)
    return buffer.take().bytes
  }

  static func vint(_ value: Int) -> [UInt8] {
    if value <= 127 { return [UInt8(value)] }
    return value < 256 ? [0x8F, UInt8(value)] : [0x8E, UInt8(value >> 8), UInt8(value & 255)]
  }

  func block(_ magic: String, _ payload: [UInt8]) throws -> [UInt8] {
    var data = payload
    if codec == 1 {
      let packed = GrowingBuffer()
      try CodecContext().compress(Buffer(payload), codec: .gzip, into: packed)
      data = packed.take().bytes
    }
    let end = 33 + data.count
    let step = bytesPerChecksum > 0 ? Int(bytesPerChecksum) : end
    let count = (end + step - 1) / step
    var bytes = Array(magic.utf8) + Self.big(Int32(data.count + 4 * count))
    bytes += Self.big(Int32(payload.count)) + Self.big(Int64(-1)) + [checksum]
    bytes += Self.big(bytesPerChecksum) + Self.big(Int32(end)) + data
    let covered = bytes
    for start in stride(from: 0, to: end, by: step) {
      let part = Array(covered[start..<min(end, start + step)])
      switch checksum {
      case 1: bytes += Self.big(CRC32.checksum(part))
      case 2: bytes += Self.big(CRC32C.checksum(part))
      default: bytes += [0, 0, 0, 0]
      }
    }
    return bytes
  }

  private func key(_ text: String) -> [UInt8] {
    Self.big(UInt16(text.utf8.count)) + Array(text.utf8)
  }

  private func fullKey(_ text: String) -> [UInt8] {
    key(text) + [0, 0x7F] + [UInt8](repeating: 0xFF, count: 7) + [4]
  }

  private func indexKeyBytes(_ text: String) -> [UInt8] {
    keyForm == .full ? fullKey(text) : key(text)
  }

  private func rootEntries(_ places: [(Int, Int, [UInt8])]) -> [UInt8] {
    places.flatMap { offset, size, key in
      let length = keyForm == .bareProtobuf ? Self.varint(UInt64(key.count)) : Self.vint(key.count)
      return Self.big(Int64(offset)) + Self.big(Int32(size)) + length + key
    }
  }

  private func pair(_ name: String, _ value: [UInt8]) -> [UInt8] {
    let fields =
      [0x0A] + Self.varint(UInt64(name.utf8.count)) + Array(name.utf8) + [0x12]
      + Self.varint(UInt64(value.count)) + value
    return [0x0A] + Self.varint(UInt64(fields.count)) + fields
  }

  func bytes() throws -> [UInt8] {
    var file: [UInt8] = []
    var places: [(Int, Int, [UInt8])] = []
    for (number, entries) in blocks.enumerated() {
      var payload: [UInt8] = []
      for entry in entries {
        let key = fullKey(entry.key)
        payload += Self.big(Int32(key.count)) + Self.big(Int32(entry.value.utf8.count)) + key
        payload += Array(entry.value.utf8) + [0]
      }
      let block = try block("DATABLK*", payload)
      let place = index(number, file.count, block.count)
      places.append(
        (place.offset, place.size, indexKeyBytes(indexKey(number, entries.first?.key ?? ""))))
      file += block
    }
    for level in stride(from: levels, to: 1, by: -1) {
      var above: [(Int, Int, [UInt8])] = []
      for start in stride(from: 0, to: places.count, by: 2) {
        let part = places[start..<min(places.count, start + 2)]
        var table: [UInt8] = Self.big(Int32(part.count))
        var entries: [UInt8] = []
        for (offset, size, key) in part {
          table += Self.big(Int32(entries.count))
          entries += Self.big(Int64(offset)) + Self.big(Int32(size)) + key
        }
        table += Self.big(Int32(entries.count))
        let block = try block(level == levels ? "IDXLEAF2" : "IDXINTE2", table + entries)
        above.append((file.count, block.count, part.first?.2 ?? []))
        file += block
      }
      places = above
    }
    var metaPlaces: [(Int, Int, [UInt8])] = []
    for (name, content) in metas {
      let block = try block("METABLKc", content)
      metaPlaces.append((file.count, block.count, Array(name.utf8)))
      file += block
    }
    let open = file.count
    file += try block("IDXROOT2", rootEntries(places))
    file += try block("IDXROOT2", rootEntries(metaPlaces))
    let infoOffset = file.count
    let pairs = info.flatMap { pair($0.0, $0.1) }
    file += try block("FILEINF2", Array("PBUF".utf8) + Self.varint(UInt64(pairs.count)) + pairs)
    let fields: [(UInt64, Int)] = [
      (1, infoOffset), (2, open), (5, places.count), (6, metaPlaces.count),
      (7, blocks.reduce(0) { $0 + $1.count }), (8, levels), (12, codec),
    ]
    var message: [UInt8] = []
    for (number, value) in fields {
      message += Self.varint(number << 3) + Self.varint(trailer(number, UInt64(value)))
    }
    var end = Array("TRABLK\"$".utf8) + Self.varint(UInt64(message.count)) + message
    end += [UInt8](repeating: 0, count: 4_092 - end.count) + [0, 0, 0, major]
    return file + end
  }

  func open(_ limits: Limits = .standard) throws -> HFile {
    try HFile(BufferSource(Buffer(try bytes())), limits: limits)
  }
}
