// Spec: 06-base-files. Closing row groups, and what follows the last of them.
import LakeBase
import LakeColumns

/// What a leaf adds up to over the whole file.
struct LeafTotals {
  var slotCount = 0
  /// Nil once a copied row group did not say.
  var nullCount: Int? = 0
  var compressedBytes = 0
  var uncompressedBytes = 0
  var bounds = ValueBounds()
  /// Every row group told its bounds exactly.
  var boundsAreExact = true

  func summary(_ leaf: WriteLeaf) -> ParquetLeafSummary {
    let values = boundsAreExact ? StatisticsCollector(leaf).values(bounds, leaf) : nil
    return ParquetLeafSummary(
      path: leaf.path, type: leaf.type, slotCount: slotCount, nullCount: nullCount,
      least: values?.least, greatest: values?.greatest, compressedBytes: compressedBytes,
      uncompressedBytes: uncompressedBytes)
  }
}

/// What one chunk has behind the last row group.
struct ChunkTrailer {
  /// Header and bits.
  var filter: Buffer?
  var columnIndex: ColumnIndex?
  var offsetIndex: OffsetIndex?
}

extension ParquetWriter {
  /// Ends the open row group, if it has rows.
  func closeRowGroup() throws(LakeError) {
    guard openRows > 0 else { return }
    let chunks = try options.workers.map(columns) {
      (column: ColumnWriter) throws(LakeError) -> EncodedChunk in try column.endChunk()
    }
    let start = sink.count
    var written: [ColumnChunk] = []
    var trailers: [ChunkTrailer] = []
    for (leaf, chunk) in chunks.enumerated() {
      let (column, trailer) = try place(chunk, leaf)
      written.append(column)
      trailers.append(trailer)
    }
    endRowGroup(written, trailers, start, openRows)
    openRows = 0
  }

  /// Notes a row group whose bytes are in the sink.
  func endRowGroup(
    _ chunks: [ColumnChunk], _ trailers: [ChunkTrailer], _ start: Int, _ rows: Int
  ) {
    let uncompressed = chunks.reduce(0) { $0 + ($1.metadata?.totalUncompressedSize ?? 0) }
    var group = RowGroup(columns: chunks, totalByteSize: uncompressed, rowCount: rows)
    group.fileOffset = start
    group.totalCompressedSize = sink.count - start
    group.ordinal = rowGroups.count <= Int(Int16.max) ? rowGroups.count : nil
    rowGroups.append(group)
    self.trailers.append(trailers)
    rowCount += rows
  }

  /// Writes the pages of a chunk and describes them.
  func place(
    _ chunk: EncodedChunk, _ leaf: Int
  ) throws(LakeError) -> (ColumnChunk, ChunkTrailer) {
    let start = sink.count
    var uncompressed = 0
    if let page = chunk.dictionary {
      try write(page)
      uncompressed += page.uncompressedSize
    }
    let firstData = sink.count
    var locations: [PageLocation] = []
    var row = 0
    var slots = 0
    var nulls = 0
    for page in chunk.pages {
      locations.append(
        PageLocation(offset: sink.count, compressedPageSize: page.byteCount, firstRowIndex: row))
      try write(page)
      row += page.rowCount
      slots += page.slotCount
      nulls += page.nullCount
      uncompressed += page.uncompressedSize
    }
    var metadata = ColumnMetadata(
      type: chunk.leaf.physical, path: chunk.leaf.path, codec: options.codec.parquet,
      valueCount: slots, totalUncompressedSize: uncompressed,
      totalCompressedSize: sink.count - start, dataPageOffset: firstData)
    metadata.dictionaryPageOffset = chunk.dictionary == nil ? nil : start
    describeEncodings(chunk, &metadata)
    let collector = StatisticsCollector(chunk.leaf)
    if options.statistics {
      var statistics = Statistics(nullCount: nulls)
      if let bounds = collector.encode(chunk.bounds, chunk.leaf) {
        statistics.minValue = bounds.least.bytes
        statistics.maxValue = bounds.greatest.bytes
        statistics.isMinValueExact = bounds.least.isExact
        statistics.isMaxValueExact = bounds.greatest.isExact
      }
      metadata.statistics = statistics
    }
    totals[leaf].slotCount += slots
    totals[leaf].nullCount = totals[leaf].nullCount.map { $0 + nulls }
    totals[leaf].compressedBytes += metadata.totalCompressedSize
    totals[leaf].uncompressedBytes += uncompressed
    totals[leaf].bounds = collector.merged(totals[leaf].bounds, chunk.bounds)
    var trailer = ChunkTrailer(filter: chunk.filter)
    if options.pageIndex {
      trailer.offsetIndex = OffsetIndex(locations)
      if options.statistics { trailer.columnIndex = columnIndex(chunk, collector) }
    }
    return (ColumnChunk(fileOffset: start, metadata: metadata), trailer)
  }

  private func write(_ page: EncodedPage) throws(LakeError) {
    try sink.write(page.header)
    try sink.write(page.body)
  }

  private func describeEncodings(_ chunk: EncodedChunk, _ metadata: inout ColumnMetadata) {
    let pageType: PageType = options.dataPageVersion == 1 ? .data : .dataV2
    var stats: [PageEncodingStats] = []
    var encodings: [Encoding] = []
    if let page = chunk.dictionary {
      stats.append(PageEncodingStats(.dictionary, page.encoding, count: 1))
      encodings.append(page.encoding)
    }
    for page in chunk.pages {
      if let known = stats.firstIndex(where: {
        $0.pageType == pageType && $0.encoding == page.encoding
      }) {
        stats[known].count += 1
      } else {
        stats.append(PageEncodingStats(pageType, page.encoding, count: 1))
      }
      if !encodings.contains(page.encoding) { encodings.append(page.encoding) }
    }
    let hasLevels = chunk.leaf.maxDefinition > 0 || chunk.leaf.maxRepetition > 0
    if hasLevels && !encodings.contains(.rle) { encodings.append(.rle) }
    metadata.encodings = encodings
    metadata.encodingStats = stats
  }

  /// The bounds of every page, or nil where a page with values has none.
  private func columnIndex(
    _ chunk: EncodedChunk, _ collector: StatisticsCollector
  ) -> ColumnIndex? {
    var least: [Buffer] = []
    var greatest: [Buffer] = []
    var order = PageOrder()
    for page in chunk.pages {
      if page.slotCount == page.nullCount {
        least.append(Buffer())
        greatest.append(Buffer())
        continue
      }
      guard let bounds = collector.encode(page.bounds, chunk.leaf) else { return nil }
      least.append(bounds.least.bytes)
      greatest.append(bounds.greatest.bytes)
      order.add(page.bounds, bounds.least.bytes, bounds.greatest.bytes, collector.order)
    }
    return ColumnIndex(
      nullPages: chunk.pages.map { $0.slotCount == $0.nullCount }, minValues: least,
      maxValues: greatest, boundaryOrder: order.result, nullCounts: chunk.pages.map(\.nullCount))
  }

  /// Writes filters, column indexes and offset indexes and notes where they are.
  func writeTrailers(_ checksum: inout CRC32C) throws(LakeError) {
    for group in rowGroups.indices {
      for leaf in rowGroups[group].columns.indices {
        guard let filter = trailers[group][leaf].filter else { continue }
        rowGroups[group].columns[leaf].metadata?.bloomFilterOffset = sink.count
        rowGroups[group].columns[leaf].metadata?.bloomFilterLength = filter.count
        checksum.update(filter)
        try sink.write(filter)
      }
    }
    for group in rowGroups.indices {
      for leaf in rowGroups[group].columns.indices {
        guard let index = trailers[group][leaf].columnIndex else { continue }
        var writer = CompactWriter()
        writer.structure { index.write(to: &$0) }
        let bytes = writer.bytes.take()
        rowGroups[group].columns[leaf].columnIndexOffset = sink.count
        rowGroups[group].columns[leaf].columnIndexLength = bytes.count
        checksum.update(bytes)
        try sink.write(bytes)
      }
    }
    for group in rowGroups.indices {
      for leaf in rowGroups[group].columns.indices {
        guard let index = trailers[group][leaf].offsetIndex else { continue }
        var writer = CompactWriter()
        writer.structure { index.write(to: &$0) }
        let bytes = writer.bytes.take()
        rowGroups[group].columns[leaf].offsetIndexOffset = sink.count
        rowGroups[group].columns[leaf].offsetIndexLength = bytes.count
        checksum.update(bytes)
        try sink.write(bytes)
      }
    }
  }
}

/// Whether the pages of a chunk ascend or descend.
private struct PageOrder {
  private var previous: (bounds: ValueBounds, least: Buffer, greatest: Buffer)?
  private var ascends = true
  private var descends = true

  mutating func add(
    _ bounds: ValueBounds, _ least: Buffer, _ greatest: Buffer, _ order: ValueOrder
  ) {
    if let previous {
      let lower: Int
      let upper: Int
      switch order {
      case .bytes:
        lower = Self.compare(previous.least.bytes, least.bytes)
        upper = Self.compare(previous.greatest.bytes, greatest.bytes)
      case .decimal where !bounds.leastBytes.isEmpty:
        lower = Self.compare(Self.flipped(previous.least), Self.flipped(least))
        upper = Self.compare(Self.flipped(previous.greatest), Self.flipped(greatest))
      default:
        lower =
          (previous.bounds.least < bounds.least ? -1 : previous.bounds.least > bounds.least ? 1 : 0)
        upper =
          (previous.bounds.greatest < bounds.greatest
            ? -1 : previous.bounds.greatest > bounds.greatest ? 1 : 0)
      }
      if lower > 0 || upper > 0 { ascends = false }
      if lower < 0 || upper < 0 { descends = false }
    }
    previous = (bounds, least, greatest)
  }

  var result: BoundaryOrder { ascends ? .ascending : descends ? .descending : .unordered }

  private static func flipped(_ buffer: Buffer) -> [UInt8] {
    var bytes = buffer.bytes
    if !bytes.isEmpty { bytes[0] ^= 0x80 }
    return bytes
  }

  private static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
    left.lexicographicallyPrecedes(right) ? -1 : right.lexicographicallyPrecedes(left) ? 1 : 0
  }
}
