// Spec: 06-base-files. Older files through the schema of today: by name, with defaults and
// promotions.
import LakeBase
import LakeColumns

/// Turns batches of one schema into batches of another, matching columns by name at every level.
public struct SchemaAdapter: Sendable {
  public let source: Schema
  public let target: Schema
  private let places: [Int?]
  /// Nothing to do: the columns are the same, in the same order.
  public let isIdentity: Bool

  /// A column that the source lacks becomes null; one whose type may not become the target's is
  /// `schemaMismatch`. [BASE-30]
  public init(from source: Schema, to target: Schema) {
    self.source = source
    self.target = target
    places = target.fields.map { source.index(of: $0.name) }
    isIdentity =
      source.count == target.count
      && zip(source.fields, target.fields).allSatisfy { $0.name == $1.name && $0.type == $1.type }
  }

  /// The target's columns that the source has, in the target's order: what a reader must decode.
  public var neededColumns: [String] {
    target.fields.map(\.name).filter { source.index(of: $0) != nil }
  }

  public func adapt(_ batch: RecordBatch) throws(LakeError) -> RecordBatch {
    if isIdentity { return RecordBatch(target, batch.columns, count: batch.count) }
    var columns: [Column] = []
    for (field, place) in zip(target.fields, places) {
      guard let place else {
        columns.append(.nulls(field.type, count: batch.count))
        continue
      }
      do { columns.append(try Self.adapt(batch.columns[place], to: field.type)) } catch {
        throw LakeError(
          .schemaMismatch,
          "column \"\(field.name)\" is \(source.fields[place].type) in the file and \(field.type) "
            + "in the table: \(error.message)")
      }
    }
    return RecordBatch(target, columns, count: batch.count)
  }

  /// One column as another type; nested fields by name.
  public static func adapt(_ column: Column, to type: ColumnType) throws(LakeError) -> Column {
    if column.type == type { return column }
    let plain = column.decoded()
    switch (plain.type, type, plain.layout) {
    case (.structure(let have), .structure(let want), .structure(let children)):
      var parts: [Column] = []
      for field in want {
        if let place = have.firstIndex(where: { $0.name == field.name }) {
          parts.append(try adapt(children[place], to: field.type))
        } else {
          parts.append(.nulls(field.type, count: plain.count))
        }
      }
      return rebuilt(plain, type, .structure(parts))
    case (.list, .list(let element), .list(let offsets, let child)):
      return rebuilt(
        plain, type, .list(offsets: offsets, child: try adapt(child, to: element.type)))
    case (.map, .map(let key, let value), .list(let offsets, let child)):
      let entries = ColumnType.mapEntries(key: key, value: value).type
      guard case .structure(let parts) = child.layout, parts.count == 2 else {
        return try plain.cast(to: type)
      }
      let pair = [try adapt(parts[0], to: key.type), try adapt(parts[1], to: value.type)]
      return rebuilt(
        plain, type, .list(offsets: offsets, child: rebuilt(child, entries, .structure(pair))))
    default: return try plain.cast(to: type)
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
