// Spec: 06-base-files. Row groups of another file, taken over without decoding them.
import LakeBase
import LakeColumns

/// One chunk to be copied: what the footer will say of it, and what lies behind the row groups.
private struct CopiedChunk {
  var column: ColumnChunk
  let metadata: ColumnMetadata
  let range: Range<Int>
  var trailer: ChunkTrailer
}

extension ParquetWriter {
  /// Appends row group `index` of `file` as a row group of its own; the open one is ended first.
  ///
  /// Chunks are copied byte for byte, their page indexes and bloom filters with them. The columns
  /// named in `replacing` are encoded anew from rows that stand for those of the row group. Returns
  /// false, and writes nothing, when the file's leaves are not stored as this file's would be, or
  /// lie elsewhere, encrypted, or in a codec that we cannot read. [PQW-5]
  public func copyRowGroup(
    _ file: ParquetFile, _ index: Int, replacing: [String: Column] = [:]
  ) throws(LakeError) -> Bool {
    guard file.metadata.rowGroups.indices.contains(index) else {
      throw LakeError(
        .badOptionValue, "row group \(index) of \(file.metadata.rowGroups.count) asked for")
    }
    let rows = file.metadata.rowGroups[index].rowCount
    try check(replacing, rows)
    guard storesAlike(file) else { return false }
    var copies: [Int: CopiedChunk] = [:]
    for (position, field) in schema.fields.enumerated() where replacing[field.name] == nil {
      for leaf in leafRanges[position] {
        guard let copy = try prepare(file, index, leaf) else { return false }
        copies[leaf] = copy
      }
    }
    if rows == 0 { return true }
    try guarded { () throws(LakeError) -> Void in
      try closeRowGroup()
      let chunks = try encode(replacing, rows)
      let start = sink.count
      var written: [ColumnChunk] = []
      var trailers: [ChunkTrailer] = []
      for leaf in layout.leaves.indices {
        if let copy = copies[leaf] {
          let (column, trailer) = try place(copy, leaf, file)
          written.append(column)
          trailers.append(trailer)
        } else if let chunk = chunks[leaf] {
          let (column, trailer) = try place(chunk, leaf)
          written.append(column)
          trailers.append(trailer)
        }
      }
      endRowGroup(written, trailers, start, rows)
    }
    return true
  }

  private func check(_ replacing: [String: Column], _ rows: Int) throws(LakeError) {
    for (name, column) in replacing {
      let position = try schema.require(name)
      guard column.count == rows else {
        throw LakeError(
          .schemaMismatch, "column \"\(name)\" has \(column.count) rows for a row group of \(rows)")
      }
      guard column.type == schema.fields[position].type else {
        throw LakeError(
          .schemaMismatch,
          "column \"\(name)\" is \(schema.fields[position].type), not \(column.type)")
      }
    }
  }

  private func storesAlike(_ file: ParquetFile) -> Bool {
    let leaves = file.parquetSchema.leaves
    guard leaves.count == layout.leaves.count else { return false }
    return zip(leaves, layout.leaves).allSatisfy { theirs, ours in
      theirs.path == ours.path && theirs.physicalType == ours.physical
        && theirs.element.typeLength == ours.typeLength && theirs.type == ours.type
        && theirs.maxDefinition == ours.maxDefinition && theirs.maxRepetition == ours.maxRepetition
    }
  }

  /// Reads what belongs to a chunk, or nil when it cannot be copied.
  private func prepare(
    _ file: ParquetFile, _ group: Int, _ leaf: Int
  ) throws(LakeError) -> CopiedChunk? {
    let column = file.metadata.rowGroups[group].columns[leaf]
    guard !column.isEncrypted, column.filePath == nil, let codec = column.metadata?.codec,
      [.uncompressed, .snappy, .gzip, .zstd, .lz4Raw, .lz4Hadoop].contains(codec)
    else { return nil }
    let (metadata, range) = try file.chunk(rowGroup: group, leaf: leaf)
    guard range.count == metadata.totalCompressedSize else { return nil }
    var trailer = ChunkTrailer()
    trailer.offsetIndex = try file.offsetIndex(rowGroup: group, leaf: leaf)
    if trailer.offsetIndex != nil {
      trailer.columnIndex = try file.columnIndex(rowGroup: group, leaf: leaf)
    }
    if let filter = try file.bloomFilter(rowGroup: group, leaf: leaf), filter.header.isKnown {
      trailer.filter = try SplitBlockFilter(filter.bits).encoded()
    }
    return CopiedChunk(column: column, metadata: metadata, range: range, trailer: trailer)
  }

  /// Encodes the replaced columns; leaf to chunk.
  private func encode(
    _ replacing: [String: Column], _ rows: Int
  ) throws(LakeError) -> [Int: EncodedChunk] {
    var pieces: [Piece] = []
    for (position, field) in schema.fields.enumerated() {
      if let column = replacing[field.name] { pieces.append(piece(column, position)) }
    }
    let step = Self.stepRows
    let encoded = try options.workers.map(pieces) {
      (piece: Piece) throws(LakeError) -> [EncodedChunk] in
      var row = 0
      while row < rows {
        let end = Swift.min(rows, row + step)
        try piece.slice(row..<end).encode()
        row = end
      }
      var chunks: [EncodedChunk] = []
      for writer in piece.writers { chunks.append(try writer.endChunk()) }
      return chunks
    }
    var chunks: [Int: EncodedChunk] = [:]
    for (piece, made) in zip(pieces, encoded) {
      for (leaf, chunk) in zip(piece.leaves, made) { chunks[leaf] = chunk }
    }
    return chunks
  }

  /// Bytes copied at a time.
  private static var copyStep: Int { 4 << 20 }

  private func place(
    _ copy: CopiedChunk, _ leaf: Int, _ file: ParquetFile
  ) throws(LakeError) -> (ColumnChunk, ChunkTrailer) {
    let start = sink.count
    let shift = start - copy.range.lowerBound
    var position = copy.range.lowerBound
    while position < copy.range.upperBound {
      let end = Swift.min(copy.range.upperBound, position + Self.copyStep)
      try sink.write(try file.source.read(position..<end))
      position = end
    }
    var metadata = copy.metadata
    metadata.dataPageOffset += shift
    metadata.indexPageOffset = nil
    if let dictionary = metadata.dictionaryPageOffset {
      metadata.dictionaryPageOffset = dictionary > 0 ? dictionary + shift : nil
    }
    metadata.bloomFilterOffset = nil
    metadata.bloomFilterLength = nil
    var trailer = copy.trailer
    if let pages = trailer.offsetIndex?.pages {
      for page in pages.indices { trailer.offsetIndex?.pages[page].offset += shift }
    }
    total(metadata, leaf)
    return (ColumnChunk(fileOffset: start, metadata: metadata), trailer)
  }

  private func total(_ metadata: ColumnMetadata, _ leaf: Int) {
    let statistics = metadata.statistics
    totals[leaf].slotCount += metadata.valueCount
    totals[leaf].compressedBytes += metadata.totalCompressedSize
    totals[leaf].uncompressedBytes += metadata.totalUncompressedSize
    if let nulls = statistics?.nullCount {
      totals[leaf].nullCount = totals[leaf].nullCount.map { $0 + nulls }
      if nulls == metadata.valueCount { return }
    } else {
      totals[leaf].nullCount = nil
    }
    let collector = StatisticsCollector(layout.leaves[leaf])
    if let statistics, let bounds = collector.decode(statistics, layout.leaves[leaf]) {
      totals[leaf].bounds = collector.merged(totals[leaf].bounds, bounds)
    } else {
      totals[leaf].boundsAreExact = false
    }
  }
}
