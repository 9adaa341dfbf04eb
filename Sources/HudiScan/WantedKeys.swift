// Spec: 12c-pruning. Record keys and other values that a condition leaves, where they are a list.
import HudiModel
import LakeBase
import LakeColumns

/// What a condition says of the values of some columns.
enum WantedKeys {
  /// Longer lists are not looked up.
  static let countMax = 10_000

  /// Columns whose text is the record key. [PRUNE-7]
  static func columns(_ config: TableConfig) -> Set<String> {
    guard config.populatesMetaFields else { return [] }
    var keys: Set<String> = [MetaField.recordKey.name]
    let fields = config.recordKeyFields
    if fields.count == 1, config.keyGenerator == .simple || config.keyGenerator == .nonPartitioned {
      keys.insert(fields[0])
    }
    return keys
  }

  /// The texts of the values that the condition compares a column with; nil where it compares with
  /// none, where one of them has no certain text, and where they are too many.
  static func texts(_ predicate: BoundPredicate, _ column: String) -> [String]? {
    guard predicate.sought.contains(column),
      let type = predicate.places.first(where: { $0.name == column })?.type
    else { return nil }
    var texts: Set<String> = []
    var isCertain = true
    _ = predicate.verdict(bounds: { _ in nil }) { name, values in
      guard name == column else { return false }
      for value in values {
        guard let text = text(value, type) else {
          isCertain = false
          continue
        }
        texts.insert(text)
      }
      return false
    }
    return isCertain && texts.count <= countMax ? texts.sorted() : nil
  }

  /// The one text of a value; nil where the type may be written in several ways.
  static func text(_ value: Scalar, _ type: ColumnType) -> String? {
    switch (value, type) {
    case (.string(let text), .string): text.isEmpty ? nil : text
    case (.int(let number), .int8), (.int(let number), .int16), (.int(let number), .int32),
      (.int(let number), .int64):
      String(number)
    default: nil
    }
  }

  /// Whether no row meets the condition that has none of the values in these columns.
  static func isPinned(_ predicate: BoundPredicate, by columns: Set<String>) -> Bool {
    predicate.verdict(bounds: { _ in nil }) { name, _ in columns.contains(name) } == .never
  }

  /// The only record keys that rows meeting the condition can have; nil: any. [PRUNE-12]
  static func keys(_ predicate: BoundPredicate, _ config: TableConfig) -> [String]? {
    var columns: Set<String> = []
    var keys: Set<String> = []
    for column in Self.columns(config) {
      guard let texts = texts(predicate, column) else { continue }
      columns.insert(column)
      keys.formUnion(texts)
    }
    return !columns.isEmpty && isPinned(predicate, by: columns) ? keys.sorted() : nil
  }
}
