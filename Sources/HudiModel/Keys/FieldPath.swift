// Spec: 11-keys-and-indexes. Columns by dotted name.
import LakeBase
import LakeColumns

/// Finds the column that a configured field name means.
public enum FieldPath {
  /// The column of that exact name, else the nested one: `a.b` is field `b` of struct `a`, null
  /// where `a` is. Throws `columnNotFound`.
  public static func column(_ name: String, in batch: RecordBatch) throws(LakeError) -> Column {
    if let column = batch[name] { return column }
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count > 1, var column = batch[parts[0]] else {
      _ = try batch.schema.require(name)
      throw LakeError(.columnNotFound, "there is no column \"\(name)\"")
    }
    for part in parts.dropFirst() {
      guard case .structure(let fields) = column.type,
        case .structure(let children) = column.layout,
        let place = fields.firstIndex(where: { $0.name == part })
      else { throw LakeError(.columnNotFound, "there is no nested column \"\(name)\"") }
      column = below(column, children[place])
    }
    return column
  }

  /// A child whose nulls include its parent's.
  private static func below(_ parent: Column, _ child: Column) -> Column {
    guard parent.nullCount > 0 else { return child }
    let plain = child.decoded()
    let bits = (0..<plain.count).map { !parent.isNull($0) && !plain.isNull($0) }
    return Column(plain.type, count: plain.count, validity: Bitmap(bits), layout: plain.layout)
  }
}
