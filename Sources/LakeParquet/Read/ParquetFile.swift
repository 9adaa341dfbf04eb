// Spec: 06-base-files. A footer that was read and checked, and the source it came from.
import LakeBase
import LakeColumns

/// A Parquet file that is open for reading. Safe to use from several threads.
public struct ParquetFile: Sendable {
  public let metadata: FileMetadata
  /// The tree of schema elements and its leaves.
  public let parquetSchema: ParquetSchema
  /// The file's columns; older spellings of lists and maps are resolved.
  public let schema: Schema
  public let options: ParquetReadOptions
  let source: any ByteSource

  /// Reads and checks the footer.
  ///
  /// Throws `parquetMalformed` for what is no Parquet file or contradicts itself,
  /// `parquetEncrypted` for an encrypted footer, `limitExceeded` beyond `Limits`. [PQR-6]
  public init(
    _ source: any ByteSource, _ options: ParquetReadOptions = .init()
  ) throws(LakeError) {
    self.source = source
    self.options = options
    metadata = try Self.readFooter(source, options.limits)
    parquetSchema = try Self.schema(of: metadata, options)
    schema = parquetSchema.schema
    try checkRowGroups()
  }

  /// The pairs the writer left in the footer, in order.
  public var keyValues: [(key: String, value: String?)] {
    metadata.keyValues.map { ($0.key, $0.value) }
  }

  /// The value of the first pair with that key.
  public func value(forKey key: String) -> String? {
    metadata.keyValues.first { $0.key == key }?.value
  }

  static func malformed(_ message: String, at offset: Int? = nil) -> LakeError {
    LakeError(.parquetMalformed, message, offset: offset)
  }

  private static func readFooter(
    _ source: any ByteSource, _ limits: Limits
  ) throws(LakeError) -> FileMetadata {
    let size = source.count
    guard size >= 12 else { throw malformed("\(size) bytes are no Parquet file") }
    let guess = min(size, 64 << 10)
    let tail = try source.read(size - guess..<size)
    let magic = tail[guess - 4..<guess].bytes
    if magic == Array("PARE".utf8) {
      throw LakeError(.parquetEncrypted, "the footer is encrypted", offset: size - 4)
    }
    guard magic == Array("PAR1".utf8) else {
      throw malformed("the file does not end in PAR1", at: size - 4)
    }
    var reader = ByteReader(tail, code: .parquetMalformed, at: guess - 8)
    let length = Int(try reader.littleEndian(UInt32.self))
    guard length <= size - 12 else {
      throw malformed("a footer of \(length) bytes in a file of \(size)", at: size - 8)
    }
    guard length <= limits.footerBytesMax else {
      throw LakeError(
        .limitExceeded,
        "a footer of \(length) bytes exceeds \(limits.footerBytesMax) (footerBytesMax)",
        offset: size - 8)
    }
    let start = size - 8 - length
    let footer =
      length <= guess - 8
      ? tail[guess - 8 - length..<guess - 8] : try source.read(start..<size - 8)
    var compact = CompactReader(footer, limits)
    do throws(LakeError) {
      return try FileMetadata.read(from: &compact, limits)
    } catch { throw error.shifted(by: start) }
  }

  private static func schema(
    of metadata: FileMetadata, _ options: ParquetReadOptions
  ) throws(LakeError) -> ParquetSchema {
    try ParquetSchema(metadata.schema, options.limits, int96Unit: options.int96Unit)
  }

  /// Row groups must fit the schema and add up to the file.
  private func checkRowGroups() throws(LakeError) {
    let leaves = parquetSchema.leaves
    var total = 0
    for (index, group) in metadata.rowGroups.enumerated() {
      guard group.columns.count == leaves.count else {
        throw Self.malformed(
          "row group \(index) has \(group.columns.count) columns, the schema \(leaves.count)")
      }
      for (chunk, leaf) in zip(group.columns, leaves) {
        if let type = chunk.metadata?.type, type != leaf.physicalType {
          throw Self.malformed("row group \(index): \(leaf.name) is \(type)")
        }
        // Else values and statistics of one column would pass for those of another.
        if let path = chunk.metadata?.path, path != leaf.path {
          throw Self.malformed(
            "row group \(index): \(leaf.name) stands where the schema has no such column")
        }
      }
      let (sum, overflow) = total.addingReportingOverflow(group.rowCount)
      guard !overflow else { throw Self.malformed("row counts overflow") }
      total = sum
    }
    guard total == metadata.rowCount else {
      throw Self.malformed("row groups have \(total) rows, the footer says \(metadata.rowCount)")
    }
  }
}

extension ParquetFile {
  /// Where the chunk of a leaf lies, dictionary page included; checked against the file.
  func chunk(
    rowGroup: Int, leaf: Int
  ) throws(LakeError) -> (metadata: ColumnMetadata, range: Range<Int>) {
    precondition(metadata.rowGroups.indices.contains(rowGroup), "a row group of the file")
    let chunk = metadata.rowGroups[rowGroup].columns[leaf]
    let name = parquetSchema.leaves[leaf].name
    guard !chunk.isEncrypted else {
      throw LakeError(.parquetEncrypted, "column \(name) is encrypted")
    }
    guard let column = chunk.metadata else {
      throw Self.malformed("column \(name) has no metadata")
    }
    guard chunk.filePath == nil else {
      throw LakeError(.parquetUnsupported, "column \(name) lies in another file")
    }
    var start = column.dataPageOffset
    if let dictionary = column.dictionaryPageOffset, dictionary > 0, dictionary < start {
      start = dictionary
    }
    guard column.totalCompressedSize <= source.count - 8 - start, start >= 0 else {
      throw Self.malformed(
        "column \(name): \(column.totalCompressedSize) bytes at \(start) leave the file",
        at: start)
    }
    var end = start + column.totalCompressedSize
    if Self.undercounts(metadata.createdBy) { end = min(end + 100, source.count - 8) }
    return (column, start..<end)
  }

  /// parquet-mr before 1.2.9 left the dictionary page's header out of the chunk's size.
  private static func undercounts(_ creator: String?) -> Bool {
    guard let creator, creator.hasPrefix("parquet-mr version 1.") else { return false }
    let rest = creator.dropFirst("parquet-mr version 1.".count)
    let parts = rest.prefix { $0.isNumber || $0 == "." }.split(separator: ".")
    guard let minor = parts.first.flatMap({ Int($0) }) else { return false }
    let patch = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    return minor < 2 || (minor == 2 && patch < 9)
  }

  /// The bytes of a whole chunk as they stand in the file, dictionary page included; for copying
  /// row groups.
  public func columnChunkBytes(rowGroup: Int, leaf: Int) throws(LakeError) -> Buffer {
    try source.read(try chunk(rowGroup: rowGroup, leaf: leaf).range)
  }

  /// The bounds of a chunk's pages, or nil where the file has none.
  public func columnIndex(rowGroup: Int, leaf: Int) throws(LakeError) -> ColumnIndex? {
    let chunk = metadata.rowGroups[rowGroup].columns[leaf]
    guard let offset = chunk.columnIndexOffset, let length = chunk.columnIndexLength else {
      return nil
    }
    var reader = CompactReader(try part(offset, length), options.limits)
    do throws(LakeError) {
      return try ColumnIndex.read(from: &reader)
    } catch { throw error.shifted(by: offset) }
  }

  /// The places of a chunk's pages, or nil where the file has none. Checked: pages lie inside the
  /// chunk, and their first rows ascend from 0.
  public func offsetIndex(rowGroup: Int, leaf: Int) throws(LakeError) -> OffsetIndex? {
    let group = metadata.rowGroups[rowGroup]
    let chunk = group.columns[leaf]
    guard let offset = chunk.offsetIndexOffset, let length = chunk.offsetIndexLength else {
      return nil
    }
    let range = try self.chunk(rowGroup: rowGroup, leaf: leaf).range
    var reader = CompactReader(try part(offset, length), options.limits)
    let index: OffsetIndex
    do throws(LakeError) {
      index = try OffsetIndex.read(from: &reader)
    } catch { throw error.shifted(by: offset) }
    var end = range.lowerBound
    var row = -1
    for page in index.pages {
      guard page.offset >= end, page.compressedPageSize <= range.upperBound - page.offset,
        row < 0 ? page.firstRowIndex == 0 : page.firstRowIndex >= row,
        page.firstRowIndex <= group.rowCount
      else { throw Self.malformed("an offset index that makes no sense", at: offset) }
      end = page.offset + page.compressedPageSize
      row = page.firstRowIndex
    }
    return index.pages.isEmpty ? nil : index
  }

  /// The header and bits of a leaf's bloom filter, or nil where there is none.
  public func bloomFilter(
    rowGroup: Int, leaf: Int
  ) throws(LakeError) -> (header: BloomFilterHeader, bits: Buffer)? {
    guard let chunk = metadata.rowGroups[rowGroup].columns[leaf].metadata,
      let offset = chunk.bloomFilterOffset
    else { return nil }
    let head = try part(offset, min(256, max(0, source.count - offset)))
    var reader = CompactReader(head, options.limits)
    let header: BloomFilterHeader
    do throws(LakeError) {
      header = try BloomFilterHeader.read(from: &reader)
    } catch { throw error.shifted(by: offset) }
    return (header, try part(offset + reader.position, header.byteCount))
  }

  private func part(_ offset: Int, _ length: Int) throws(LakeError) -> Buffer {
    guard offset >= 0, length >= 0, offset <= source.count, length <= source.count - offset else {
      throw Self.malformed("\(length) bytes at \(offset) leave the file", at: offset)
    }
    return try source.read(offset..<offset + length)
  }
}
