// Spec: 06-base-files. Older files through the schema of today: by name, with defaults and
// promotions.
import LakeBase
import LakeColumns

/// Turns batches of one schema into batches of another, matching columns by name at every level, or
/// by the names that a `SourceColumns` gives.
public struct SchemaAdapter: Sendable {
  public let source: Schema
  public let target: Schema
  private let columns: SourceColumns
  private let places: [Int?]
  private let promotesOnly: Bool
  /// Nothing to do: the columns are the same, in the same order.
  public let isIdentity: Bool

  /// A column that the source lacks becomes null, or what `columns` says about it; one whose type
  /// may not become the target's is `schemaMismatch`. [BASE-30]
  ///
  /// - Parameter promotesOnly: whether types decide alone, as for the files of a table. Otherwise a
  ///   value may become one of any type that holds it, as for rows that come from elsewhere.
  public init(
    from source: Schema, to target: Schema, _ columns: SourceColumns = .byName,
    promotesOnly: Bool = false
  ) {
    self.source = source
    self.promotesOnly = promotesOnly
    self.target = target
    self.columns = columns
    places = target.fields.map { columns[$0.name].name.flatMap(source.index(of:)) }
    isIdentity =
      source.count == target.count && columns.isByName
      && zip(source.fields, target.fields).allSatisfy { $0.name == $1.name && $0.type == $1.type }
  }

  /// The source's names of the target's columns that it has, in the target's order: what a reader
  /// must decode.
  public var neededColumns: [String] { places.compactMap { $0.map { source.fields[$0].name } } }

  public func adapt(_ batch: RecordBatch) throws(LakeError) -> RecordBatch {
    if isIdentity { return RecordBatch(target, batch.columns, count: batch.count) }
    var adapted: [Column] = []
    for (field, place) in zip(target.fields, places) {
      let origin = columns[field.name]
      guard let place else {
        adapted.append(try Self.filled(field.type, origin.missing, count: batch.count))
        continue
      }
      do {
        adapted.append(
          try Self.adapt(
            batch.columns[place], to: field.type, origin.inside, promotesOnly: promotesOnly))
      } catch {
        throw LakeError(
          .schemaMismatch,
          "column \"\(field.name)\" is \(source.fields[place].type) in the file and \(field.type) "
            + "in the table: \(error.message)",
          hint: promotesOnly ? "lake schema TABLE log tells which commit changed the column" : nil)
      }
    }
    return RecordBatch(target, adapted, count: batch.count)
  }

  private static func filled(
    _ type: ColumnType, _ value: Scalar, count: Int
  ) throws(LakeError) -> Column {
    switch value {
    case .null: return .nulls(type, count: count)
    case .string(let text) where type == .string: return .constant(text, count: count)
    default:
      let builder = ColumnBuilder(type, capacity: count)
      for _ in 0..<count { try builder.append(value) }
      return builder.finish()
    }
  }

  /// One column as another type; nested fields by name, or as `columns` says.
  public static func adapt(
    _ column: Column, to type: ColumnType, _ columns: SourceColumns = .byName,
    promotesOnly: Bool = false
  ) throws(LakeError) -> Column {
    if column.type == type && columns.isByName { return column }
    let plain = column.decoded()
    switch (plain.type, type, plain.layout) {
    case (.structure(let have), .structure(let want), .structure(let children)):
      var parts: [Column] = []
      for field in want {
        let origin = columns[field.name]
        if let name = origin.name, let place = have.firstIndex(where: { $0.name == name }) {
          parts.append(
            try adapt(
              children[place], to: field.type, origin.inside, promotesOnly: promotesOnly))
        } else {
          parts.append(try filled(field.type, origin.missing, count: plain.count).decoded())
        }
      }
      return rebuilt(plain, type, .structure(parts))
    case (.list, .list(let element), .list(let offsets, let child)):
      let adapted = try adapt(
        child, to: element.type, columns["element"].inside, promotesOnly: promotesOnly)
      return rebuilt(plain, type, .list(offsets: offsets, child: adapted))
    case (.map, .map(let key, let value), .list(let offsets, let child)):
      let entries = ColumnType.mapEntries(key: key, value: value).type
      guard case .structure(let parts) = child.layout, parts.count == 2 else {
        return try plain.cast(to: type)
      }
      let pair = [
        try adapt(parts[0], to: key.type, columns["key"].inside, promotesOnly: promotesOnly),
        try adapt(parts[1], to: value.type, columns["value"].inside, promotesOnly: promotesOnly),
      ]
      return rebuilt(
        plain, type, .list(offsets: offsets, child: rebuilt(child, entries, .structure(pair))))
    default:
      if promotesOnly && !plain.type.isRead(as: type) {
        throw LakeError(.schemaMismatch, "\(plain.type) is not promoted to \(type)")
      }
      return try plain.cast(to: type)
    }
  }

  private static func rebuilt(_ column: Column, _ type: ColumnType, _ layout: Column.Layout)
    -> Column
  {
    Column(
      type, count: column.count, validity: column.validity, nullCount: column.nullCount,
      layout: layout)
  }
}

extension Schema {
  /// Whether both have columns of the same names and types in the same order at every level,
  /// whatever else the formats they come from noted about them.
  func hasSameColumns(as other: Schema) -> Bool { Self.same(fields, other.fields) }

  private static func same(_ left: [Field], _ right: [Field]) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy { $0.name == $1.name && same($0.type, $1.type) }
  }

  private static func same(_ left: ColumnType, _ right: ColumnType) -> Bool {
    switch (left, right) {
    case (.list(let a), .list(let b)): same(a.type, b.type)
    case (.map(let k1, let v1), .map(let k2, let v2)):
      same(k1.type, k2.type) && same(v1.type, v2.type)
    case (.structure(let a), .structure(let b)): same(a, b)
    default: left == right
    }
  }
}
