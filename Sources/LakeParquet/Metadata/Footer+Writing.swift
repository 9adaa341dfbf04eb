// Spec: 06-base-files. The footer's structs as Thrift, and the footer around them.
import LakeBase
import LakeColumns

extension KeyValue {
  func write(to writer: inout CompactWriter) {
    writer.field(1, text: key)
    writer.field(2, text: value)
  }
}

extension FileMetadata {
  func write(to writer: inout CompactWriter) {
    writer.field(1, int32: Int32(clamping: version))
    writer.field(2, listOf: .structure, count: schema.count)
    for element in schema { writer.structure { element.write(to: &$0) } }
    writer.field(3, int64: Int64(rowCount))
    writer.field(4, listOf: .structure, count: rowGroups.count)
    for group in rowGroups { writer.structure { group.write(to: &$0) } }
    if !keyValues.isEmpty {
      writer.field(5, listOf: .structure, count: keyValues.count)
      for pair in keyValues { writer.structure { pair.write(to: &$0) } }
    }
    writer.field(6, text: createdBy)
    if let columnOrders {
      writer.field(7, listOf: .structure, count: columnOrders.count)
      for order in columnOrders {
        writer.structure { union in
          // An order we do not know stays one that nobody knows.
          union.field(order == .ieee754Total ? 2 : order == .unknown ? 3 : 1) { _ in }
        }
      }
    }
  }
}

extension SchemaElement {
  func write(to writer: inout CompactWriter) {
    writer.field(1, int32: type?.rawValue)
    writer.field(2, int32: typeLength.map { Int32(clamping: $0) })
    writer.field(3, int32: repetition?.rawValue)
    writer.field(4, text: name)
    writer.field(5, int32: childCount.map { Int32(clamping: $0) })
    writer.field(6, int32: convertedType?.rawValue)
    writer.field(7, int32: scale.map { Int32(clamping: $0) })
    writer.field(8, int32: precision.map { Int32(clamping: $0) })
    writer.field(9, int32: fieldID.map { Int32(clamping: $0) })
    if let logicalType { writer.field(10) { logicalType.write(to: &$0) } }
  }
}

extension LogicalType {
  /// The union's one member; what we do not know cannot be written.
  func write(to writer: inout CompactWriter) {
    switch self {
    case .string: writer.field(1) { _ in }
    case .map: writer.field(2) { _ in }
    case .list: writer.field(3) { _ in }
    case .enumeration: writer.field(4) { _ in }
    case .decimal(let scale, let precision):
      writer.field(5) { inner in
        inner.field(1, int32: Int32(clamping: scale))
        inner.field(2, int32: Int32(clamping: precision))
      }
    case .date: writer.field(6) { _ in }
    case .time(let unit, let utc): writer.field(7) { Self.temporal(&$0, unit, utc) }
    case .timestamp(let unit, let utc): writer.field(8) { Self.temporal(&$0, unit, utc) }
    case .integer(let bits, let signed):
      writer.field(10) { inner in
        inner.field(1, byte: Int8(clamping: bits))
        inner.field(2, bool: signed)
      }
    case .unknown: writer.field(11) { _ in }
    case .json: writer.field(12) { _ in }
    case .bson: writer.field(13) { _ in }
    case .uuid: writer.field(14) { _ in }
    case .float16: writer.field(15) { _ in }
    case .other: break
    }
  }

  private static func temporal(_ writer: inout CompactWriter, _ unit: TimeUnit, _ utc: Bool) {
    writer.field(1, bool: utc)
    writer.field(2) { inner in
      inner.field(unit == .nano ? 3 : unit == .micro ? 2 : 1) { _ in }
    }
  }
}

extension RowGroup {
  func write(to writer: inout CompactWriter) {
    writer.field(1, listOf: .structure, count: columns.count)
    for chunk in columns { writer.structure { chunk.write(to: &$0) } }
    writer.field(2, int64: Int64(totalByteSize))
    writer.field(3, int64: Int64(rowCount))
    if let sortingColumns {
      writer.field(4, listOf: .structure, count: sortingColumns.count)
      for sorting in sortingColumns {
        writer.structure { inner in
          inner.field(1, int32: Int32(clamping: sorting.column))
          inner.field(2, bool: sorting.descending)
          inner.field(3, bool: sorting.nullsFirst)
        }
      }
    }
    writer.field(5, int64: fileOffset.map { Int64($0) })
    writer.field(6, int64: totalCompressedSize.map { Int64($0) })
    writer.field(7, int16: ordinal.map { Int16(clamping: $0) })
  }
}

extension ColumnChunk {
  func write(to writer: inout CompactWriter) {
    writer.field(1, text: filePath)
    writer.field(2, int64: Int64(fileOffset))
    if let metadata { writer.field(3) { metadata.write(to: &$0) } }
    writer.field(4, int64: offsetIndexOffset.map { Int64($0) })
    writer.field(5, int32: offsetIndexLength.map { Int32(clamping: $0) })
    writer.field(6, int64: columnIndexOffset.map { Int64($0) })
    writer.field(7, int32: columnIndexLength.map { Int32(clamping: $0) })
  }
}

extension ColumnMetadata {
  func write(to writer: inout CompactWriter) {
    writer.field(1, int32: type.rawValue)
    writer.field(2, listOf: .int32, count: encodings.count)
    for encoding in encodings { writer.append(int: Int64(encoding.rawValue)) }
    writer.field(3, listOf: .binary, count: path.count)
    for name in path { writer.append(text: name) }
    writer.field(4, int32: codec.rawValue)
    writer.field(5, int64: Int64(valueCount))
    writer.field(6, int64: Int64(totalUncompressedSize))
    writer.field(7, int64: Int64(totalCompressedSize))
    if !keyValues.isEmpty {
      writer.field(8, listOf: .structure, count: keyValues.count)
      for pair in keyValues { writer.structure { pair.write(to: &$0) } }
    }
    writer.field(9, int64: Int64(dataPageOffset))
    writer.field(10, int64: indexPageOffset.map { Int64($0) })
    writer.field(11, int64: dictionaryPageOffset.map { Int64($0) })
    if let statistics { writer.field(12) { statistics.write(to: &$0) } }
    if let encodingStats {
      writer.field(13, listOf: .structure, count: encodingStats.count)
      for stats in encodingStats {
        writer.structure { inner in
          inner.field(1, int32: stats.pageType.rawValue)
          inner.field(2, int32: stats.encoding.rawValue)
          inner.field(3, int32: Int32(clamping: stats.count))
        }
      }
    }
    writer.field(14, int64: bloomFilterOffset.map { Int64($0) })
    writer.field(15, int32: bloomFilterLength.map { Int32(clamping: $0) })
    if let sizeStatistics { writer.field(16) { sizeStatistics.write(to: &$0) } }
  }
}

extension Statistics {
  func write(to writer: inout CompactWriter) {
    writer.field(1, buffer: max)
    writer.field(2, buffer: min)
    writer.field(3, int64: nullCount.map { Int64($0) })
    writer.field(4, int64: distinctCount.map { Int64($0) })
    writer.field(5, buffer: maxValue)
    writer.field(6, buffer: minValue)
    writer.field(7, bool: isMaxValueExact)
    writer.field(8, bool: isMinValueExact)
  }
}

extension SizeStatistics {
  func write(to writer: inout CompactWriter) {
    writer.field(1, int64: unencodedByteArrayDataBytes.map { Int64($0) })
    writer.field(2, int64s: repetitionLevelHistogram)
    writer.field(3, int64s: definitionLevelHistogram)
  }
}
