// Spec: 08-hfile. The header around every block, its checksums and its compression.
import LakeBase
import LakeCodecs

/// What a block holds, by its first eight bytes.
enum HFileBlockKind: String, CaseIterable {
  case data = "DATABLK*"
  case meta = "METABLKc"
  case root = "IDXROOT2"
  case leaf = "IDXLEAF2"
  case intermediate = "IDXINTE2"
  case fileInfo = "FILEINF2"
}

/// The header of a block.
struct HFileFrame {
  static let headerSize = 33

  let kind: HFileBlockKind
  /// In the file.
  let offset: Int
  /// Bytes of the whole block: header, data, checksums.
  let size: Int
  /// Bytes of header and data.
  let dataEnd: Int
  let unpackedSize: Int
  private let checksumType: UInt8
  private let bytesPerChecksum: Int

  /// - Parameters:
  ///   - bytes: from the first byte of the block on; may go on behind it.
  ///   - offset: where they start in the file.
  init(
    _ bytes: Buffer, at offset: Int, _ expected: HFileBlockKind, _ limits: Limits
  ) throws(LakeError) {
    var reader = ByteReader(bytes, code: .hfileMalformed)
    do throws(LakeError) {
      let magic = try reader.take(8)
      guard magic.bytes.elementsEqual(expected.rawValue.utf8) else {
        let found = magic.text.flatMap { HFileBlockKind(rawValue: $0) }?.rawValue
        throw LakeError(
          .hfileMalformed,
          "a block \(expected.rawValue) is expected, found is "
            + (found ?? "something else"), offset: 0)
      }
      let onDisk = Int(try reader.bigEndian(Int32.self))
      unpackedSize = Int(try reader.bigEndian(Int32.self))
      try reader.skip(8)
      checksumType = try reader.byte()
      bytesPerChecksum = Int(try reader.bigEndian(Int32.self))
      dataEnd = Int(try reader.bigEndian(Int32.self))
      size = Self.headerSize + onDisk
      guard onDisk >= 0, unpackedSize >= 0, dataEnd >= Self.headerSize, dataEnd <= size,
        size <= bytes.count
      else { throw LakeError(.hfileMalformed, "the sizes of a block do not fit", offset: 8) }
    } catch {
      throw error.shifted(by: offset)
    }
    if size > limits.hfileBlockBytesMax || unpackedSize > limits.hfileBlockBytesMax {
      throw LakeError(
        .limitExceeded,
        "a block of \(max(size, unpackedSize)) bytes, \(limits.hfileBlockBytesMax) allowed",
        offset: offset)
    }
    kind = expected
    self.offset = offset
  }

  /// The same for a block that the index names: it has exactly the size given there. [HFILE-4]
  init(
    whole bytes: Buffer, _ place: HFileBlockPlace, _ expected: HFileBlockKind, _ limits: Limits
  ) throws(LakeError) {
    try self.init(bytes, at: place.offset, expected, limits)
    if size != bytes.count {
      throw LakeError(
        .hfileMalformed, "a block of \(size) bytes, \(bytes.count) in the index",
        offset: place.offset)
    }
  }

  /// The data of the block, checksums verified where the block has any. [HFILE-3]
  func payload(
    _ bytes: Buffer, _ codec: Codec, _ codecs: CodecContext
  ) throws(LakeError) -> Buffer {
    try verify(bytes)
    let packed = bytes[Self.headerSize..<dataEnd]
    // Deflate grows by at most 1032 times; more announced is a lie that shall not cost memory.
    if codec == .gzip && unpackedSize > 1_032 &* packed.count {
      throw LakeError(
        .hfileMalformed, "\(packed.count) bytes cannot unpack to \(unpackedSize)", offset: offset)
    }
    do throws(LakeError) {
      return try codecs.decompress(packed, codec: codec, exactly: unpackedSize)
    } catch {
      throw error.shifted(by: offset + Self.headerSize)
    }
  }

  private func verify(_ bytes: Buffer) throws(LakeError) {
    if checksumType == 0 { return }
    guard checksumType <= 2 else {
      throw LakeError(
        .hfileMalformed, "checksum type \(checksumType) is unknown", offset: offset + 24)
    }
    guard bytesPerChecksum > 0,
      (dataEnd - 1) / bytesPerChecksum + 1 == (size - dataEnd) / 4, (size - dataEnd) % 4 == 0
    else {
      throw LakeError(.hfileMalformed, "the checksums do not fit", offset: offset + 24)
    }
    var sums = ByteReader(bytes, code: .hfileMalformed, at: dataEnd)
    var start = 0
    while start < dataEnd {
      let end = min(dataEnd, start + bytesPerChecksum)
      let part = bytes[start..<end]
      let computed = checksumType == 1 ? CRC32.checksum(part) : CRC32C.checksum(part)
      if try sums.bigEndian(UInt32.self) != computed {
        throw LakeError(
          .hfileChecksum, "a block fails its checksum", offset: offset + start)
      }
      start = end
    }
  }
}
