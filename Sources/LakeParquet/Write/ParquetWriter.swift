// Spec: 06-base-files. A Parquet file from batches.
import LakeBase
import LakeCodecs
import LakeColumns

/// Writes one Parquet file. One owner; not for several threads at a time.
///
/// Batches are encoded as they come: what is held is the compressed pages of the open row group and
/// one open page for each leaf. After an error the writer accepts nothing more; the sink is the
/// caller's to abandon. [PQW-1]
public final class ParquetWriter {
  public let schema: Schema
  let sink: any ByteSink
  let options: ParquetWriteOptions
  let layout: WriteSchema
  var columns: [ColumnWriter] = []
  var totals: [LeafTotals]
  /// The leaves of each column.
  private(set) var leafRanges: [Range<Int>] = []
  /// Rows of the open row group.
  var openRows = 0
  var rowCount = 0
  var rowGroups: [RowGroup] = []
  /// Filters and indexes of each row group, one a leaf, written at the end.
  var trailers: [[ChunkTrailer]] = []
  private var keyValues: [KeyValue]
  private var isBroken = false
  private static let magic: [UInt8] = Array("PAR1".utf8)

  /// Rows encoded between two looks at the size of the row group.
  static let stepRows = 16_384
  /// Fewer rows are not worth waking other threads for.
  private static let parallelRows = 2_048

  /// Throws `typeUnsupported`, `schemaMalformed`, `limitExceeded` or `badOptionValue` for what no
  /// file can have. [PQW-2]
  public init(
    _ sink: any ByteSink, _ schema: Schema, _ options: ParquetWriteOptions
  ) throws(LakeError) {
    try options.check()
    self.sink = sink
    self.schema = schema
    self.options = options
    layout = try WriteSchema(schema, options.dialect, options.limits)
    keyValues = options.keyValues.map { KeyValue($0.0, $0.1) }
    totals = layout.leaves.map { _ in LeafTotals() }
    let pool = CodecPool(options.limits)
    var encodings = options.encodings
    var filters = options.bloomFilterColumns
    for leaf in layout.leaves {
      let encoding = encodings.removeValue(forKey: leaf.name)
      let probability = filters.removeValue(forKey: leaf.name)
      try Self.check(leaf, encoding, probability)
      columns.append(ColumnWriter(leaf, options, encoding, probability, pool))
    }
    if let name = encodings.keys.min() ?? filters.keys.min() {
      throw LakeError(
        .columnNotFound, "there is no column \"\(name)\" to set an encoding or filter for",
        hint: "columns: " + layout.leaves.map(\.name).joined(separator: ", "))
    }
    var next = 0
    for node in layout.columns {
      let count = node.leafCount
      leafRanges.append(next..<next + count)
      next += count
    }
    try sink.write(Self.magic)
  }

  private static func check(
    _ leaf: WriteLeaf, _ encoding: Encoding?, _ probability: Double?
  ) throws(LakeError) {
    if probability != nil && leaf.lane == .bits {
      throw LakeError(.badOptionValue, "column \"\(leaf.name)\": booleans have no bloom filter")
    }
    guard let encoding else { return }
    let isLegal: Bool
    switch encoding {
    case .plain: isLegal = true
    case .rle: isLegal = leaf.physical == .boolean
    case .deltaBinaryPacked: isLegal = leaf.physical == .int32 || leaf.physical == .int64
    case .deltaLengthByteArray: isLegal = leaf.physical == .byteArray
    case .deltaByteArray:
      isLegal = leaf.physical == .byteArray || leaf.physical == .fixedLenByteArray
    case .byteStreamSplit: isLegal = leaf.physical != .boolean && leaf.physical != .byteArray
    default: isLegal = false
    }
    guard isLegal else {
      throw LakeError(
        .badOptionValue,
        "column \"\(leaf.name)\" of type \(leaf.type) cannot have encoding \(encoding.rawValue)")
    }
  }

  /// Rows written so far, those of the open row group included.
  public var rows: Int { rowCount + openRows }

  /// Bytes of the finished row groups, magic included, plus the compressed pages held in memory:
  /// what the file would have without footer if it ended here.
  public var byteCount: Int { sink.count + heldByteCount }

  /// Bytes of the open row group, held in memory.
  public var heldByteCount: Int { columns.reduce(0) { $0 + $1.heldByteCount } }

  // MARK: Rows

  /// Adds the rows of a batch, whose columns must be the schema's. [PQW-3]
  public func write(_ batch: RecordBatch) throws(LakeError) {
    try guarded { () throws(LakeError) -> Void in
      try check(batch)
      var row = 0
      while row < batch.count {
        var taken = Swift.min(Self.stepRows, batch.count - row)
        if let most = options.rowGroupRows { taken = Swift.min(taken, most - openRows) }
        try encode(batch.slice(row..<row + taken))
        row += taken
        openRows += taken
        let bytes = columns.reduce(0) { $0 + $1.rawBytes }
        if bytes >= options.rowGroupBytes || openRows >= options.rowGroupRows ?? Int.max {
          try closeRowGroup()
        }
      }
    }
  }

  private func check(_ batch: RecordBatch) throws(LakeError) {
    guard batch.schema != schema else { return }
    guard batch.schema.count == schema.count else {
      throw LakeError(
        .schemaMismatch, "a batch has \(batch.schema.count) columns, the file \(schema.count)")
    }
    for (given, wanted) in zip(batch.schema.fields, schema.fields)
    where given.name != wanted.name || !given.type.isStoredAs(wanted.type) {
      throw LakeError(
        .schemaMismatch,
        "column \"\(wanted.name)\" is \(wanted.type), the batch brings \"\(given.name)\" as "
          + "\(given.type)"
      )
    }
  }

  /// One column of a batch on its way to its leaves.
  struct Piece: Sendable {
    let column: Column
    let node: WriteNode
    let leaves: Range<Int>
    let writers: [ColumnWriter]
    let weight: Int

    func slice(_ rows: Range<Int>) -> Piece {
      Piece(
        column: column.slice(rows), node: node, leaves: leaves, writers: writers, weight: weight)
    }

    func encode() throws(LakeError) {
      if writers.count == 1, let writer = writers.first, writer.leaf.isFlat {
        return try writer.append(flat: column)
      }
      for (writer, leaf) in zip(writers, try NestedShredding.leaves(column, node)) {
        try writer.append(leaf)
      }
    }
  }

  func piece(_ column: Column, _ position: Int) -> Piece {
    let writers = Array(columns[leafRanges[position]])
    return Piece(
      column: column, node: layout.columns[position], leaves: leafRanges[position],
      writers: writers, weight: writers.reduce(0) { $0 + $1.weight })
  }

  private func encode(_ batch: RecordBatch) throws(LakeError) {
    var pieces = batch.columns.enumerated().map { piece($0.element, $0.offset) }
    if options.workers.width == 1 || batch.count < Self.parallelRows {
      for piece in pieces { try piece.encode() }
      return
    }
    // The heaviest first, so that no thread is left with it at the end.
    pieces.sort { $0.weight > $1.weight }
    _ = try options.workers.map(pieces) { (piece: Piece) throws(LakeError) -> Bool in
      try piece.encode()
      return true
    }
  }

  /// Ends the open row group, if it has rows.
  public func flushRowGroup() throws(LakeError) {
    try guarded { () throws(LakeError) -> Void in try closeRowGroup() }
  }

  /// Runs `body` unless an earlier call failed.
  func guarded<T>(_ body: () throws(LakeError) -> T) throws(LakeError) -> T {
    guard !isBroken else {
      throw LakeError(.defect, "a Parquet writer was used after an error or after its end")
    }
    do {
      return try body()
    } catch {
      isBroken = true
      throw error
    }
  }

  // MARK: End

  /// A key and value for the footer; until `finish`. A key given twice keeps the last value.
  public func addKeyValue(_ key: String, _ value: String) {
    keyValues.removeAll { $0.key == key }
    keyValues.append(KeyValue(key, value))
  }

  /// Ends the file and the sink. [PQW-4]
  public func finish() throws(LakeError) -> ParquetWriteResult {
    let result = try guarded { () throws(LakeError) -> ParquetWriteResult in
      try closeRowGroup()
      let start = sink.count
      var checksum = CRC32C()
      try writeTrailers(&checksum)
      var metadata = FileMetadata(
        version: options.dataPageVersion, schema: layout.elements, rowCount: rowCount,
        rowGroups: rowGroups)
      metadata.keyValues = keyValues
      metadata.createdBy = options.createdBy
      metadata.columnOrders = layout.leaves.map { _ in .typeDefined }
      var writer = CompactWriter()
      writer.structure { metadata.write(to: &$0) }
      let footer = writer.bytes
      let footerCount = footer.count
      guard footerCount <= options.limits.footerBytesMax else {
        throw LakeError(
          .limitExceeded, "the footer would have \(footerCount) bytes (footerBytesMax)")
      }
      footer.append(littleEndian: UInt32(footerCount))
      footer.append(Self.magic)
      let bytes = footer.take()
      checksum.update(bytes)
      try sink.write(bytes)
      let size = try sink.finish()
      return ParquetWriteResult(
        byteCount: size, metadata: metadata, footerByteCount: footerCount,
        tail: start..<start + (size - start), tailChecksum: checksum.value,
        leaves: zip(layout.leaves, totals).map { leaf, totals in totals.summary(leaf) })
    }
    isBroken = true
    return result
  }
}

extension WriteNode {
  /// Leaves below.
  var leafCount: Int {
    switch self {
    case .leaf: 1
    case .structure(let children, _, _): children.reduce(0) { $0 + $1.leafCount }
    case .list(let element, _, _): element.leafCount
    case .map(let key, let value, _, _): key.leafCount + value.leafCount
    }
  }
}

extension ColumnType {
  /// The same type, whatever nested fields are called noted or allowed to be.
  fileprivate func isStoredAs(_ other: ColumnType) -> Bool {
    switch (self, other) {
    case (.list(let a), .list(let b)): a.type.isStoredAs(b.type)
    case (.map(let a, let b), .map(let c, let d)):
      a.type.isStoredAs(c.type) && b.type.isStoredAs(d.type)
    case (.structure(let a), .structure(let b)):
      a.count == b.count
        && zip(a, b).allSatisfy { $0.name == $1.name && $0.type.isStoredAs($1.type) }
    default: self == other
    }
  }
}
