// Spec: 06-base-files. Which row groups and pages cannot hold what is looked for.
import LakeBase
import LakeCodecs
import LakeColumns

/// Bounds and dictionaries of a file, for those who want to read less of it. What it says never
/// excludes a row that is there, as far as the file tells the truth. [PQR-11]
public struct ParquetPruning: Sendable {
  public let file: ParquetFile

  public init(_ file: ParquetFile) { self.file = file }

  /// The leaf of that dotted path; a flat column's path is its name.
  public func leaf(named name: String) -> Leaf? {
    file.parquetSchema.leaves.first { $0.name == name }
  }

  /// Whether bounds in `min_value` and `max_value` have an order we know.
  private func isOrdered(_ leaf: Leaf) -> Bool {
    guard let orders = file.metadata.columnOrders, orders.indices.contains(leaf.index) else {
      return false
    }
    return orders[leaf.index] != .unknown
  }

  /// What the footer says about a leaf's values in a row group.
  public func bounds(rowGroup: Int, leaf index: Int) -> ParquetBounds {
    let leaf = file.parquetSchema.leaves[index]
    guard let chunk = file.metadata.rowGroups[rowGroup].columns[index].metadata else {
      return .unknown
    }
    let statistics = chunk.statistics ?? Statistics()
    let kind = BoundKind(leaf)
    var lower: Buffer?
    var upper: Buffer?
    if isOrdered(leaf), statistics.minValue != nil || statistics.maxValue != nil {
      lower = statistics.minValue
      upper = statistics.maxValue
    } else if let kind, kind.hasSignedOrder || statistics.min == statistics.max {
      // Equal bounds are right in any order.
      lower = statistics.min
      upper = statistics.max
    }
    return ParquetBounds(
      kind, leaf, lower: lower, upper: upper,
      exact: (statistics.isMinValueExact, statistics.isMaxValueExact),
      nullCount: statistics.nullCount, valueCount: chunk.valueCount)
  }

  /// What the page index says: the rows of each page, and the bounds of a leaf's values in them.
  /// Nil where the file has no page index, or one whose parts disagree.
  public func pages(
    rowGroup: Int, leaf index: Int
  ) throws(LakeError) -> [(rows: Range<Int>, bounds: ParquetBounds)]? {
    guard let offsets = try file.offsetIndex(rowGroup: rowGroup, leaf: index),
      let columns = try file.columnIndex(rowGroup: rowGroup, leaf: index),
      offsets.pages.count == columns.nullPages.count
    else { return nil }
    let leaf = file.parquetSchema.leaves[index]
    let kind = isOrdered(leaf) ? BoundKind(leaf) : nil
    let rowCount = file.metadata.rowGroups[rowGroup].rowCount
    var pages: [(rows: Range<Int>, bounds: ParquetBounds)] = []
    for (place, page) in offsets.pages.enumerated() {
      let end =
        place + 1 < offsets.pages.count ? offsets.pages[place + 1].firstRowIndex : rowCount
      let rows = page.firstRowIndex..<max(page.firstRowIndex, end)
      let slots = leaf.maxRepetition == 0 ? rows.count : nil
      let isNull = columns.nullPages[place]
      var bounds = ParquetBounds(
        kind, leaf, lower: isNull ? nil : columns.minValues[place],
        upper: isNull ? nil : columns.maxValues[place], exact: (nil, nil),
        nullCount: columns.nullCounts?[place], valueCount: slots)
      if isNull {
        bounds.nullCount = slots ?? bounds.nullCount
        bounds.mayHoldNaN = false
      }
      pages.append((rows, bounds))
    }
    return pages
  }

  /// Row groups whose bounds `keep` accepts.
  public func rowGroups(leaf: Int, where keep: (ParquetBounds) -> Bool) -> [Int] {
    file.metadata.rowGroups.indices.filter { keep(bounds(rowGroup: $0, leaf: leaf)) }
  }

  /// Rows of the pages whose bounds `keep` accepts, or nil where there is no page index.
  public func rows(
    rowGroup: Int, leaf: Int, where keep: (ParquetBounds) -> Bool
  ) throws(LakeError) -> [Range<Int>]? {
    guard let pages = try pages(rowGroup: rowGroup, leaf: leaf) else { return nil }
    return RowSelection.normalised(pages.filter { keep($0.bounds) }.map(\.rows))
  }

  /// Every distinct value of a chunk, nulls aside, where all of its pages are dictionary-coded and
  /// the footer says so; else nil. Values may be listed that no row has.
  public func dictionary(rowGroup: Int, leaf index: Int) throws(LakeError) -> Column? {
    let (chunk, range) = try file.chunk(rowGroup: rowGroup, leaf: index)
    guard let stats = chunk.encodingStats, chunk.dictionaryPageOffset != nil,
      stats.contains(where: { $0.pageType == .dictionary })
    else { return nil }
    for entry in stats where entry.pageType == .data || entry.pageType == .dataV2 {
      guard entry.encoding.isDictionary || entry.count == 0 else { return nil }
    }
    let leaf = file.parquetSchema.leaves[index]
    let context = CodecContext(limits: file.options.limits)
    let pages = try PageReader(file.source, chunk, range, context, file.options)
    pages.readLimit = chunk.dataPageOffset
    guard let stub = try pages.next(), stub.isDictionary else { return nil }
    let reader = ColumnReader(
      leaf, pages, slots: chunk.valueCount, keepsLevels: false, index: nil, file.options)
    try reader.openDictionary(stub)
    return reader.dictionary?.plainColumn(leaf)
  }
}

extension DecodedDictionary {
  /// The values as a column of the leaf's type.
  func plainColumn(_ leaf: Leaf) -> Column? {
    if let column { return column }
    switch Conversion(leaf) {
    case .nothing: return nil
    case .bits:
      return Column(
        leaf.type, count: Int(count), layout: .bits(Bitmap(values, count: Int(count))))
    default: return Column(leaf.type, count: Int(count), layout: .fixed(values))
    }
  }
}
