// Spec: 06-base-files. Page headers and page indexes as Thrift.
import LakeBase

extension PageHeader {
  func write(to writer: inout CompactWriter) {
    writer.field(1, int32: type.rawValue)
    writer.field(2, int32: Int32(clamping: uncompressedSize))
    writer.field(3, int32: Int32(clamping: compressedSize))
    writer.field(4, int32: crc.map { Int32(bitPattern: $0) })
    if let page = dataPage {
      writer.field(5) { inner in
        inner.field(1, int32: Int32(clamping: page.valueCount))
        inner.field(2, int32: page.encoding.rawValue)
        inner.field(3, int32: page.definitionLevelEncoding.rawValue)
        inner.field(4, int32: page.repetitionLevelEncoding.rawValue)
        if let statistics = page.statistics { inner.field(5) { statistics.write(to: &$0) } }
      }
    }
    if let page = dictionaryPage {
      writer.field(7) { inner in
        inner.field(1, int32: Int32(clamping: page.valueCount))
        inner.field(2, int32: page.encoding.rawValue)
        inner.field(3, bool: page.isSorted)
      }
    }
    if let page = dataPageV2 {
      writer.field(8) { inner in
        inner.field(1, int32: Int32(clamping: page.valueCount))
        inner.field(2, int32: Int32(clamping: page.nullCount))
        inner.field(3, int32: Int32(clamping: page.rowCount))
        inner.field(4, int32: page.encoding.rawValue)
        inner.field(5, int32: Int32(clamping: page.definitionLevelsByteLength))
        inner.field(6, int32: Int32(clamping: page.repetitionLevelsByteLength))
        inner.field(7, bool: page.isCompressed)
        if let statistics = page.statistics { inner.field(8) { statistics.write(to: &$0) } }
      }
    }
  }
}

extension OffsetIndex {
  func write(to writer: inout CompactWriter) {
    writer.field(1, listOf: .structure, count: pages.count)
    for page in pages {
      writer.structure { inner in
        inner.field(1, int64: Int64(page.offset))
        inner.field(2, int32: Int32(clamping: page.compressedPageSize))
        inner.field(3, int64: Int64(page.firstRowIndex))
      }
    }
    writer.field(2, int64s: unencodedByteArrayDataBytes)
  }
}

extension ColumnIndex {
  func write(to writer: inout CompactWriter) {
    writer.field(1, listOf: .yes, count: nullPages.count)
    for isNull in nullPages { writer.append(bool: isNull) }
    writer.field(2, listOf: .binary, count: minValues.count)
    for value in minValues { writer.append(buffer: value) }
    writer.field(3, listOf: .binary, count: maxValues.count)
    for value in maxValues { writer.append(buffer: value) }
    writer.field(4, int32: boundaryOrder.rawValue)
    writer.field(5, int64s: nullCounts)
    writer.field(6, int64s: repetitionLevelHistograms)
    writer.field(7, int64s: definitionLevelHistograms)
  }
}

extension BloomFilterHeader {
  func write(to writer: inout CompactWriter) {
    writer.field(1, int32: Int32(clamping: byteCount))
    writer.field(2) { $0.field(1) { _ in } }
    writer.field(3) { $0.field(1) { _ in } }
    writer.field(4) { $0.field(1) { _ in } }
  }
}
