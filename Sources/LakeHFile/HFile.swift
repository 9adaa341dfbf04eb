// Spec: 08-hfile. An open file: trailer, indexes, file info; data blocks are read when asked for.
import LakeBase
import LakeCodecs

/// An HFile (version 3) open for reading; safe to use from several threads.
///
/// Opening reads the trailer and what lies between the last data block and it. Errors:
/// `hfileMalformed`, `hfileUnsupported`, `hfileChecksum`, `codecFailed`, `limitExceeded`, and what
/// the source throws; offsets count from the start of the source.
public struct HFile: Sendable {
  public let source: any ByteSource
  public let trailer: HFileTrailer
  /// The data blocks in the order of their keys.
  public let blocks: [HFileBlockPlace]
  /// The meta blocks by name, in the order of the file.
  public let metaBlocks: [HFileBlockPlace]
  /// What the writer said about the file, in the order of the file.
  public let info: [(name: String, value: Buffer)]

  let codec: Codec
  let limits: Limits
  let hasVersions: Bool

  /// Number of keys in the file, as the trailer says.
  public var entryCount: Int { trailer.entryCount }

  /// - Parameter codecs: for unpacking the indexes; a file of one level has three small pieces.
  public init(
    _ source: any ByteSource, limits: Limits = .standard, codecs: CodecContext = CodecContext()
  ) throws(LakeError) {
    self.source = source
    self.limits = limits
    let end = source.count - HFileTrailer.size
    guard end >= 0 else {
      throw LakeError(.hfileMalformed, "\(source.count) bytes are too few for an HFile", offset: 0)
    }
    let trailer = try HFileTrailer(try source.read(end..<source.count), at: end, limits)
    self.trailer = trailer
    codec = try Self.codec(trailer.codec, at: end)
    let start = trailer.loadOnOpenOffset
    var section = OpenSection(
      bytes: try source.read(start..<end), offset: start, codec: codec, limits: limits,
      codecs: codecs)
    let root = try section.next(.root)
    let meta = try section.next(.root)
    try section.seek(trailer.fileInfoOffset)
    info = try Self.info(try section.next(.fileInfo))
    hasVersions = try Self.hasVersions(info, at: trailer.fileInfoOffset)
    metaBlocks = try HFileIndex.root(
      meta.payload, count: trailer.metaIndexCount, isMeta: true, at: meta.offset)
    for place in metaBlocks where place.offset > start || place.size > start - place.offset {
      throw LakeError(.hfileMalformed, "a meta block lies outside", offset: meta.offset)
    }
    let first = try HFileIndex.root(
      root.payload, count: trailer.dataIndexCount, isMeta: false, at: root.offset)
    try HFileIndex.check(first, before: start, "block")
    blocks = try Self.leaves(first, source, trailer, codec, limits, codecs)
  }

  /// Walks down from the root, level by level, to the places of the data blocks. [HFILE-4]
  private static func leaves(
    _ root: [HFileBlockPlace], _ source: any ByteSource, _ trailer: HFileTrailer, _ codec: Codec,
    _ limits: Limits, _ codecs: CodecContext
  ) throws(LakeError) -> [HFileBlockPlace] {
    var places = root
    var bytes = 0
    for level in stride(from: trailer.indexLevels, to: 1, by: -1) {
      var below: [HFileBlockPlace] = []
      for place in places {
        let block = try source.read(place.offset..<place.offset + place.size)
        let frame = try HFileFrame(whole: block, place, level > 2 ? .intermediate : .leaf, limits)
        bytes += frame.unpackedSize
        if bytes > limits.hfileIndexBytesMax {
          throw LakeError(
            .limitExceeded, "an index of more than \(limits.hfileIndexBytesMax) bytes",
            offset: place.offset)
        }
        below += try HFileIndex.level(
          try frame.payload(block, codec, codecs), at: place.offset + HFileFrame.headerSize)
      }
      try HFileIndex.check(below, before: trailer.loadOnOpenOffset, "block")
      places = below
    }
    return places
  }

  /// The first value of this name in the file info.
  public subscript(info name: String) -> Buffer? { info.first { $0.name == name }?.value }

  /// The content of a meta block, `bloomFilter` for example; nil when the file has none.
  public func metaBlock(
    _ name: String, _ codecs: CodecContext = CodecContext()
  ) throws(LakeError) -> Buffer? {
    guard let place = metaBlocks.first(where: { $0.key == Buffer(utf8: name) }) else { return nil }
    let bytes = try source.read(place.offset..<place.offset + place.size)
    return try HFileFrame(whole: bytes, place, .meta, limits).payload(bytes, codec, codecs)
  }

  /// The entries of a data block. Its keys stand between its own index key and the next. [HFILE-5]
  ///
  /// - Parameter index: in `blocks`.
  public func entries(
    block index: Int, _ codecs: CodecContext = CodecContext()
  ) throws(LakeError) -> HFileEntries {
    let place = blocks[index]
    let bytes = try source.read(place.offset..<place.offset + place.size)
    let frame = try HFileFrame(whole: bytes, place, .data, limits)
    let entries = try HFileEntries(
      try frame.payload(bytes, codec, codecs), at: place.offset, hasVersions: hasVersions)
    if entries.isEmpty { return entries }
    let last = entries.key(entries.count - 1)
    let next = index + 1 < blocks.count ? blocks[index + 1].key : nil
    guard HFileKeys.mayPrecede(place.key, entries.key(0)), last != next,
      next.map({ HFileKeys.mayPrecede(last, $0) }) ?? true
    else {
      throw LakeError(
        .hfileMalformed, "the keys of a block do not fit the index", offset: place.offset)
    }
    return entries
  }

  // MARK: Parts

  private static func codec(_ number: Int, at offset: Int) throws(LakeError) -> Codec {
    switch number {
    case 1: return .gzip
    case 2: return .none
    default:
      let names = ["LZO", "GZ", "NONE", "SNAPPY", "LZ4", "BZIP2", "ZSTD"]
      let name = number < names.count ? names[number] : "number \(number)"
      throw LakeError(
        .hfileUnsupported, "compression \(name) of HFiles is not supported", offset: offset)
    }
  }

  private static func info(
    _ part: OpenSection.Part
  ) throws(LakeError) -> [(name: String, value: Buffer)] {
    do throws(LakeError) {
      var reader = ByteReader(part.payload, code: .hfileMalformed)
      guard try reader.take(4).bytes == Array("PBUF".utf8) else {
        throw reader.failure("the file info is not in protobuf")
      }
      guard let count = Int(exactly: try reader.varint()) else {
        throw reader.failure("the file info is too long")
      }
      var pairs = ProtobufFields(try reader.take(count))
      var info: [(name: String, value: Buffer)] = []
      while let pair = try pairs.next() {
        guard pair.number == 1 else { continue }
        var name = Buffer()
        var value = Buffer()
        var fields = ProtobufFields(pair.bytes)
        while let field = try fields.next() {
          if field.number == 1 { name = field.bytes }
          if field.number == 2 { value = field.bytes }
        }
        info.append((name.lossyText, value))
      }
      return info
    } catch {
      throw error.shifted(by: part.offset)
    }
  }

  /// Whether each value is followed by a version; a file with versions that matter is refused.
  private static func hasVersions(
    _ info: [(name: String, value: Buffer)], at offset: Int
  ) throws(LakeError) -> Bool {
    let version = info.first { $0.name == "KEY_VALUE_VERSION" }?.value.bytes
    guard version == [0, 0, 0, 1] else { return false }
    let newest = info.first { $0.name == "MAX_MEMSTORE_TS_KEY" }?.value.bytes ?? []
    guard newest.count == 8, newest.allSatisfy({ $0 == 0 }) else {
      throw LakeError(
        .hfileUnsupported, "the file keeps several versions of its keys", offset: offset)
    }
    return true
  }
}

/// The blocks between the last data block and the trailer, read one after the other.
private struct OpenSection {
  struct Part {
    let payload: Buffer
    let offset: Int
  }

  let bytes: Buffer
  let offset: Int
  let codec: Codec
  let limits: Limits
  let codecs: CodecContext
  var position = 0

  mutating func next(_ kind: HFileBlockKind) throws(LakeError) -> Part {
    let rest = bytes[position..<bytes.count]
    let frame = try HFileFrame(rest, at: offset + position, kind, limits)
    let payload = try frame.payload(rest, codec, codecs)
    position += frame.size
    return Part(payload: payload, offset: frame.offset + HFileFrame.headerSize)
  }

  mutating func seek(_ place: Int) throws(LakeError) {
    guard place - offset >= position, place - offset <= bytes.count else {
      throw LakeError(.hfileMalformed, "the file info overlaps the indexes", offset: place)
    }
    position = place - offset
  }
}
