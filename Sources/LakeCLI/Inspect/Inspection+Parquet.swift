// Spec: 16-command-line, 06-base-files. What the footer of a Parquet file says.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet
import LakeText

extension Inspection {
  /// The footer, its columns, and with `verify` every page as well.
  mutating func readParquet(_ source: any ByteSource, verify: Bool, _ world: World) {
    step { (found) throws(LakeError) in
      var options = ParquetReadOptions()
      options.limits = world.limits
      let file = try ParquetFile(source, options)
      found.addFooter(file)
      found.step { (found) throws(LakeError) in try found.addHudiFooter(file) }
      found.listings.append(Self.schema(file))
      found.listings.append(Self.rowGroups(file))
      found.listings.append(Self.chunks(file))
      guard verify else { return }
      found.verify(file, world)
    }
  }

  /// Every page decoded, and what is said of its values compared with them.
  private mutating func verify(_ file: ParquetFile, _ world: World) {
    var rows = 0
    step { (_) throws(LakeError) in
      let filter = try HudiFooter(file).filter
      for group in file.metadata.rowGroups.indices {
        var check = StatisticsCheck(file, filter, rowGroup: group)
        var batches = try file.batches(rowGroups: [group])
        while let batch = try batches.next() {
          try world.cancellation.check()
          rows += batch.count
          try check.add(batch)
        }
        try check.finish()
      }
    }
    page.add("rowsRead", .count(rows), label: "rows read")
  }

  private mutating func addFooter(_ file: ParquetFile) {
    let metadata = file.metadata
    page.add("version", .count(metadata.version))
    page.add("createdBy", .text(metadata.createdBy), label: "created by")
    page.add("rows", .count(metadata.rowCount))
    page.add("rowGroups", .count(metadata.rowGroups.count), label: "row groups")
    page.add("columns", .count(file.parquetSchema.leaves.count))
    let known = [HudiBloomFilter.footerKey, HudiBloomFilter.legacyFooterKey]
    let keys = file.keyValues.map(\.key).filter { !known.contains($0) }
    page.add("footerKeys", keys.isEmpty ? .absent : .list(keys), label: "footer keys")
  }

  private mutating func addHudiFooter(_ file: ParquetFile) throws(LakeError) {
    let footer = try HudiFooter(file)
    if footer.lowestKey == nil && footer.filter == nil { return }
    page.pause()
    page.add("lowestKey", .text(footer.lowestKey?.lossyText), label: "lowest key")
    page.add("highestKey", .text(footer.highestKey?.lossyText), label: "highest key")
    guard let filter = footer.filter else { return }
    page.add("keyFilter", .text(filter.form.rawValue), label: "key filter")
    page.add("keyFilterBits", .count(Int(filter.bitCount)), label: "filter bits a row")
    page.add("keyFilterHashes", .count(Int(filter.hashes)), label: "filter hashes")
    page.add("keyFilterRows", .count(filter.rowCount), label: "filter rows")
  }

  private static func schema(_ file: ParquetFile) -> Listing {
    var listing = Listing(
      "column",
      [
        .left("column"), .left("dataType"), .left("physical"), .left("repetition"),
        .right("definition"), .right("fieldId"),
      ])
    for leaf in file.parquetSchema.leaves {
      let repetition = leaf.element.repetition.map { "\($0)" }
      listing.rows.append([
        .text(leaf.name), .text(leaf.type.description), .text("\(leaf.physicalType)"),
        .text(repetition), .count(leaf.maxDefinition), .count(leaf.element.fieldID),
      ])
    }
    return listing
  }

  private static func rowGroups(_ file: ParquetFile) -> Listing {
    var listing = Listing(
      "rowGroup", [.right("rowGroup"), .right("rows"), .right("bytes"), .right("unpacked")])
    for (index, group) in file.metadata.rowGroups.enumerated() {
      let packed = group.columns.reduce(0) { $0 &+ ($1.metadata?.totalCompressedSize ?? 0) }
      listing.rows.append([
        .count(index), .count(group.rowCount), .bytes(packed), .bytes(group.totalByteSize),
      ])
    }
    return listing
  }

  private static func chunks(_ file: ParquetFile) -> Listing {
    var listing = Listing(
      "chunk",
      [
        .right("rowGroup"), .left("column"), .left("codec"), .left("encodings"), .right("values"),
        .right("nulls"), .right("bytes"), .right("unpacked"), .right("offset"), .left("min"),
        .left("max"), .left("indexes"),
      ])
    let pruning = ParquetPruning(file)
    for (index, group) in file.metadata.rowGroups.enumerated() {
      for (leaf, chunk) in zip(file.parquetSchema.leaves, group.columns) {
        guard let metadata = chunk.metadata else { continue }
        let bounds = pruning.bounds(rowGroup: index, leaf: leaf.index)
        var indexes: [String] = []
        if chunk.columnIndexOffset != nil { indexes.append("column") }
        if chunk.offsetIndexOffset != nil { indexes.append("offset") }
        if metadata.bloomFilterOffset != nil { indexes.append("bloom") }
        let encodings = metadata.encodings.map(\.name)
        listing.rows.append([
          .count(index), .text(leaf.name), .text(metadata.codec.description), .list(encodings),
          .count(metadata.valueCount), .count(bounds.nullCount),
          .bytes(metadata.totalCompressedSize), .bytes(metadata.totalUncompressedSize),
          .count(metadata.dictionaryPageOffset ?? metadata.dataPageOffset),
          value(bounds.lower, leaf.type), value(bounds.upper, leaf.type), .list(indexes),
        ])
      }
    }
    return listing
  }

  /// A bound as rows would show it.
  private static func value(_ scalar: Scalar?, _ type: ColumnType) -> Cell {
    guard let scalar else { return .absent }
    let text: String
    switch (scalar, type) {
    case (.string(let value), _): text = value
    case (.binary(let bytes), _): text = Hex.text(bytes)
    default:
      let schema = Schema([Field("v", type)])
      let builder = BatchBuilder(schema)
      do throws(LakeError) {
        try builder.append([scalar])
        var writer = RowFormat.csv.writer(schema)
        text = try writer.write(builder.finish()).lossyText.replacing("\n", with: "")
      } catch { return .absent }
    }
    return Cell(
      shown: HumanText.fitted(HumanText.safe(text), 40), plain: text, json: .text(text))
  }
}

extension Encoding {
  /// The format's own name.
  var name: String {
    switch self {
    case .plain: "PLAIN"
    case .plainDictionary: "PLAIN_DICTIONARY"
    case .rle: "RLE"
    case .bitPacked: "BIT_PACKED"
    case .deltaBinaryPacked: "DELTA_BINARY_PACKED"
    case .deltaLengthByteArray: "DELTA_LENGTH_BYTE_ARRAY"
    case .deltaByteArray: "DELTA_BYTE_ARRAY"
    case .rleDictionary: "RLE_DICTIONARY"
    case .byteStreamSplit: "BYTE_STREAM_SPLIT"
    default: "encoding \(rawValue)"
    }
  }
}
