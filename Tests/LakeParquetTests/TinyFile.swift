// Files made by hand, right or wrong on purpose: pages as bytes, footers as structs.
import LakeBase
import LakeColumns

@testable import LakeParquet

/// A file of one row group under construction.
struct TinyFile {
  var bytes: [UInt8] = Array("PAR1".utf8)
  var elements: [SchemaElement] = [SchemaElement("root", childCount: 0)]
  var chunks: [ColumnChunk] = []
  var rowCount: Int
  var orders: [ColumnOrder]?

  init(rows: Int) { rowCount = rows }

  struct Page {
    var header: PageHeader
    var body: [UInt8]
  }

  static func dictionary(_ body: [UInt8], count: Int) -> Page {
    Page(
      header: PageHeader(
        .dictionary, uncompressedSize: body.count, compressedSize: body.count,
        dictionaryPage: DictionaryPageHeader(valueCount: count)), body: body)
  }

  static func data(_ body: [UInt8], count: Int, _ encoding: Encoding = .plain) -> Page {
    Page(
      header: PageHeader(
        .data, uncompressedSize: body.count, compressedSize: body.count,
        dataPage: DataPageHeader(valueCount: count, encoding: encoding)), body: body)
  }

  static func header(_ header: PageHeader) -> [UInt8] {
    var writer = CompactWriter()
    writer.structure { header.write(to: &$0) }
    return writer.bytes.take().bytes
  }

  /// Adds a column with its pages. `elements` are those below the root.
  mutating func add(
    _ column: [SchemaElement], path: [String], _ pages: [Page], count: Int,
    codec: CompressionCodec = .uncompressed, statistics: Statistics? = nil,
    change: (inout ColumnMetadata) -> Void = { _ in }
  ) {
    let start = bytes.count
    var dictionary: Int?
    var data: Int?
    for page in pages {
      if page.header.type == .dictionary && data == nil {
        dictionary = dictionary ?? bytes.count
      } else if data == nil {
        data = bytes.count
      }
      bytes += Self.header(page.header) + page.body
    }
    var metadata = ColumnMetadata(
      type: column.last?.type ?? .int32, path: path, codec: codec, valueCount: count,
      totalUncompressedSize: bytes.count - start, totalCompressedSize: bytes.count - start,
      dataPageOffset: data ?? start)
    metadata.dictionaryPageOffset = dictionary
    metadata.statistics = statistics
    change(&metadata)
    elements[0].childCount = (elements[0].childCount ?? 0) + 1
    elements += column
    chunks.append(ColumnChunk(fileOffset: start, metadata: metadata))
  }

  func metadata() -> FileMetadata {
    var file = FileMetadata(
      version: 1, schema: elements, rowCount: rowCount,
      rowGroups: [RowGroup(columns: chunks, totalByteSize: bytes.count, rowCount: rowCount)])
    file.columnOrders = orders
    return file
  }

  func finished(_ change: (inout FileMetadata) -> Void = { _ in }) -> [UInt8] {
    var file = metadata()
    change(&file)
    var writer = CompactWriter()
    writer.structure { file.write(to: &$0) }
    return Self.closed(bytes, footer: writer.bytes.take().bytes)
  }

  static func closed(_ body: [UInt8], footer: [UInt8]) -> [UInt8] {
    let count = UInt32(footer.count)
    return body + footer + (0..<4).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
      + Array("PAR1".utf8)
  }
}

func int32s(_ values: [Int32]) -> [UInt8] {
  values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
}

/// Plain byte arrays.
func texts(_ values: [String]) -> [UInt8] {
  values.flatMap { int32s([Int32($0.utf8.count)]) + Array($0.utf8) }
}

/// A varint.
func varint(_ value: UInt64) -> [UInt8] {
  var rest = value
  var bytes: [UInt8] = []
  while rest >= 0x80 {
    bytes.append(UInt8(rest & 0x7F) | 0x80)
    rest >>= 7
  }
  return bytes + [UInt8(rest)]
}

/// Version 1 levels: a length and a hybrid stream.
func levels(_ hybrid: [UInt8]) -> [UInt8] { int32s([Int32(hybrid.count)]) + hybrid }
