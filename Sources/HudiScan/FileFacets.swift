// Spec: 12c-pruning. The columns of a condition as one file knows them.
import HudiFileGroup
import LakeBase
import LakeColumns
import LakeParquet

/// One column of a condition in one file.
struct FileColumn: Sendable {
  let place: BoundPredicate.Place
  /// Its leaf, where statistics of it judge the table's values.
  let leaf: Leaf?
  /// What all rows show, where the file lacks the column.
  let missing: Scalar?

  init(_ place: BoundPredicate.Place, _ source: SourceColumns, _ file: ParquetFile) {
    self.place = place
    var columns = source
    var fields = file.schema.fields
    var names: [String] = []
    for (depth, part) in place.path.enumerated() {
      let origin = columns[part]
      guard let name = origin.name, let field = fields.first(where: { $0.name == name }) else {
        leaf = nil
        // Inside a struct the struct's own nulls come on top.
        missing = depth == 0 || origin.missing == .null ? origin.missing : nil
        return
      }
      names.append(name)
      columns = origin.inside
      fields = []
      if case .structure(let inner) = field.type { fields = inner }
    }
    missing = nil
    let found = file.parquetSchema.leaves.filter { $0.path == names && $0.maxRepetition == 0 }
    guard found.count == 1, Self.sharesBounds(found[0].type, place.type) else {
      leaf = nil
      return
    }
    leaf = found[0]
  }

  /// Whether bounds of the file's type are bounds of the table's: the same type, or a wider whole
  /// number. Other promotions do not keep values or their order. [PRUNE-4]
  private static func sharesBounds(_ file: ColumnType, _ table: ColumnType) -> Bool {
    if file == table { return true }
    switch (file, table) {
    case (.int8, .int16), (.int8, .int32), (.int8, .int64), (.int16, .int32), (.int16, .int64),
      (.int32, .int64):
      return true
    default: return false
    }
  }

  /// Statistics of the file as bounds of the table's column.
  func bounds(_ known: ParquetBounds) -> ColumnBounds {
    ColumnBounds(
      min: known.lower, max: known.upper, nullCount: known.nullCount, rowCount: known.valueCount)
  }

  /// Bounds of a column that the file lacks.
  func bounds(missing value: Scalar, rows: Int) -> ColumnBounds {
    value == .null
      ? ColumnBounds(nullCount: rows, rowCount: rows)
      : ColumnBounds(min: value, max: value, nullCount: 0, rowCount: rows)
  }
}

/// A file with the columns of a condition.
struct FileFacets: Sendable {
  let file: ParquetFile
  let pruning: ParquetPruning
  private let columns: [String: FileColumn]

  init(_ file: ParquetFile, _ columns: [FileColumn]) {
    self.file = file
    pruning = ParquetPruning(file)
    self.columns = Dictionary(columns.map { ($0.place.name, $0) }) { first, _ in first }
  }

  func column(_ name: String) -> FileColumn? { columns[name] }

  func leaf(_ name: String) -> Leaf? { columns[name]?.leaf }

  /// Whether the column holds whole numbers, whose text is their digits.
  func isWhole(_ name: String) -> Bool {
    switch columns[name]?.place.type {
    case .int8, .int16, .int32, .int64: true
    default: false
    }
  }

  /// What the footer says of a column's values in a row group.
  func bounds(_ group: Int, _ name: String) -> ColumnBounds? {
    guard let column = columns[name] else { return nil }
    let rows = file.metadata.rowGroups[group].rowCount
    if let value = column.missing { return column.bounds(missing: value, rows: rows) }
    guard let leaf = column.leaf else { return nil }
    return column.bounds(pruning.bounds(rowGroup: group, leaf: leaf.index))
  }

  /// What is known of a column's values in the whole file: where it is missing, its one value.
  func bounds(_ name: String) -> ColumnBounds? {
    guard let column = columns[name], let value = column.missing else { return nil }
    return column.bounds(missing: value, rows: Int(clamping: file.metadata.rowCount))
  }
}
