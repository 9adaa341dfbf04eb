// Spec: 12c-pruning. Which row groups and pages of a base file can hold rows that are wanted.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeParquet

/// Judges base files by what their footers and indexes say.
struct DataSkipping: Sendable {
  private let predicate: BoundPredicate
  /// Columns whose text is the record key.
  private let keyColumns: Set<String>

  private let isNamed: Bool

  /// - Parameter isNamed: an index has named the file groups that have the keys: Hudi's filters of
  ///   keys, which are large, can tell nothing more.
  init(_ predicate: BoundPredicate, _ config: TableConfig, _ isNamed: Bool = false) {
    self.predicate = predicate
    self.isNamed = isNamed
    keyColumns = WantedKeys.columns(config)
  }

  /// What is left of a file.
  ///
  /// - Parameters:
  ///   - source: where the file keeps the table's columns.
  ///   - readsPages: whether page indexes are read for row groups that remain.
  func plan(_ reader: BaseFileReader, _ source: SourceColumns) throws(LakeError) -> FilePlan {
    try naming(reader.path.text) { () throws(LakeError) in
      let columns = predicate.places.map { FileColumn($0, source, reader.file) }
      return try plan(FileFacets(reader.file, columns))
    }
  }

  private func plan(_ facets: FileFacets) throws(LakeError) -> FilePlan {
    var plan = FilePlan()
    var selection = RowSelection()
    let groups = facets.file.metadata.rowGroups
    for group in groups.indices {
      let verdict = predicate.verdict { facets.bounds(group, $0) }
      if verdict == .never {
        plan.decisions.append((group, groups[group].rowCount == 0 ? .empty : .footerStatistics))
        continue
      }
      if verdict == .maybe {
        if let column = try excludingFilter(facets, group) {
          plan.decisions.append((group, .valueFilter(column)))
          continue
        }
        if let rows = try rows(facets, group) {
          let left = rows.reduce(0) { $0 + $1.count }
          plan.decisions.append((group, .pageIndex(rows: left, of: groups[group].rowCount)))
          if left == 0 { continue }
          plan.rowGroups.append(group)
          selection[group] = rows
          plan.hasSelection = true
          continue
        }
      }
      plan.decisions.append((group, verdict == .always ? .allMatch : .mayMatch))
      plan.rowGroups.append(group)
    }
    plan.selection = plan.hasSelection ? selection : nil
    if !plan.rowGroups.isEmpty, try keyFilterExcludes(facets) {
      plan = FilePlan()
      plan.decisions = groups.indices.map { ($0, .keyFilter) }
    }
    return plan
  }

  // MARK: filters of values

  /// The column whose Parquet filters show that no row of the group meets the condition.
  /// [PRUNE-6]
  private func excludingFilter(
    _ facets: FileFacets, _ group: Int
  ) throws(LakeError) -> String? {
    var filters: [String: (filter: SplitBlockFilter, leaf: Leaf)] = [:]
    for name in predicate.sought.sorted() {
      guard let leaf = facets.leaf(name),
        let filter = try facets.pruning.filter(rowGroup: group, leaf: leaf.index)
      else { continue }
      filters[name] = (filter, leaf)
    }
    if filters.isEmpty { return nil }
    let verdict = predicate.verdict(
      bounds: { facets.bounds(group, $0) },
      lacks: { name, values in
        guard let (filter, leaf) = filters[name] else { return false }
        return !values.contains { filter.mayContain($0, leaf) }
      })
    return verdict == .never ? filters.keys.sorted().joined(separator: ", ") : nil
  }

  /// Whether Hudi's filter of record keys shows that no row of the file meets the condition.
  /// [PRUNE-7]
  private func keyFilterExcludes(_ facets: FileFacets) throws(LakeError) -> Bool {
    guard !isNamed, !keyColumns.isDisjoint(with: predicate.sought),
      let filter = try HudiFooter(facets.file).filter
    else { return false }
    let verdict = predicate.verdict(bounds: { facets.bounds($0) }) { name, values in
      guard keyColumns.contains(name) else { return false }
      return !values.contains { value in
        switch value {
        case .string(let key): key.isEmpty || filter.mayContain(key)
        case .int(let number):
          facets.isWhole(name) ? filter.mayContain(String(number)) : true
        default: true
        }
      }
    }
    return verdict == .never
  }

  // MARK: pages

  /// Rows of the group's pages that can meet the condition; nil where no page index excludes any.
  /// [PRUNE-5]
  private func rows(_ facets: FileFacets, _ group: Int) throws(LakeError) -> [Range<Int>]? {
    var pages: [String: PageCursor] = [:]
    var starts: Set<Int> = [0]
    let count = facets.file.metadata.rowGroups[group].rowCount
    for place in predicate.places {
      guard let leaf = facets.leaf(place.name),
        let found = try facets.pruning.pages(rowGroup: group, leaf: leaf.index), !found.isEmpty
      else { continue }
      pages[place.name] = PageCursor(
        rows: found.map(\.rows), bounds: found.map { facets.column(place.name)?.bounds($0.bounds) })
      for page in found { starts.insert(page.rows.lowerBound) }
    }
    if pages.isEmpty { return nil }
    let borders = starts.sorted().filter { $0 < count } + [count]
    var kept: [Range<Int>] = []
    for place in borders.indices.dropLast() {
      let (start, end) = (borders[place], borders[place + 1])
      for name in pages.keys { pages[name]?.move(to: start) }
      let verdict = predicate.verdict { name in
        if let page = pages[name] { return page.current }
        return facets.bounds(group, name)
      }
      if verdict == .never { continue }
      if let last = kept.last, last.upperBound == start {
        kept[kept.count - 1] = last.lowerBound..<end
      } else {
        kept.append(start..<end)
      }
    }
    return kept == [0..<count] ? nil : kept
  }
}

/// The pages of a leaf, walked forwards.
private struct PageCursor {
  let rows: [Range<Int>]
  let bounds: [ColumnBounds?]
  private var place = 0

  init(rows: [Range<Int>], bounds: [ColumnBounds?]) {
    self.rows = rows
    self.bounds = bounds
  }

  mutating func move(to row: Int) {
    while place + 1 < rows.count && rows[place].upperBound <= row { place += 1 }
  }

  var current: ColumnBounds? { bounds[place] }
}

/// What to read of one file.
struct FilePlan: Sendable {
  /// Row groups to read, ascending.
  var rowGroups: [Int] = []
  /// Rows of them, where not all.
  var selection: RowSelection?
  fileprivate var hasSelection = false
  /// What was decided about each row group.
  var decisions: [(rowGroup: Int, reason: ScanExplanation.Reason)] = []

  init() {}

  /// Everything.
  init(whole file: ParquetFile, _ reason: ScanExplanation.Reason) {
    rowGroups = Array(file.metadata.rowGroups.indices)
    decisions = rowGroups.map { ($0, reason) }
  }
}
