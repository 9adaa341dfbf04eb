// Spec: 12c-pruning. What the path of a partition says about the rows in it.
import HudiModel
import LakeBase
import LakeColumns

/// Judges partitions by their paths.
struct PartitionPruning: Sendable {
  private let predicate: BoundPredicate
  private let config: TableConfig
  /// Types of the partition columns whose path text is certainly the text of the value.
  private let types: [String: ColumnType]

  /// - Parameter columns: of the snapshot's rows; meta columns are added here.
  init(_ predicate: BoundPredicate, _ columns: Schema, _ config: TableConfig, isNumbered: Bool) {
    self.predicate = predicate
    self.config = config
    var types: [String: ColumnType] = [:]
    for (field, written) in zip(config.partitionFields, config.partitionFieldsAsWritten) {
      guard let place = columns.index(of: field) else { continue }
      // Dropped columns are the text of the path by definition.
      if config.dropsPartitionColumns
        || !isNumbered && Self.isPlain(written.dropFirst(field.count), config)
      {
        types[field] = columns.fields[place].type
      }
    }
    self.types = types
  }

  /// Whether the generator writes the value's own text: not times that it formats, dates that it
  /// divides, or whatever user code does. [PRUNE-2]
  private static func isPlain(_ kind: Substring, _ config: TableConfig) -> Bool {
    if config.flag(TableConfig.Key.slashSeparatedDate) { return false }
    // A generator that is only inferred may have been another one.
    guard
      config[TableConfig.Key.keyGeneratorType] ?? config[TableConfig.Key.keyGeneratorClass]
        != nil
    else { return false }
    let formats = config.properties.contains {
      $0.key.hasPrefix(TableConfig.Key.timebasedPrefix)
        || $0.key.hasPrefix(TableConfig.Key.timebasedOldPrefix)
    }
    switch config.keyGenerator {
    case .simple, .complex: return !formats
    // Version 6 leaves the kinds of custom generators out.
    case .custom: return kind.uppercased() == ":SIMPLE"
    default: return false
    }
  }

  /// No row of the partition can meet the condition. [PRUNE-1]
  func excludes(_ path: PartitionPath) -> Bool {
    let values = PartitionValues(path, config)
    let verdict = predicate.verdict { name in
      if name == MetaField.partitionPath.name {
        guard config.populatesMetaFields else { return nil }
        return ColumnBounds(min: .string(path.text), max: .string(path.text), nullCount: 0)
      }
      guard let type = types[name], let value = values?[name] else { return nil }
      return bounds(value.text, type)
    }
    return verdict == .never
  }

  private func bounds(_ text: String?, _ type: ColumnType) -> ColumnBounds? {
    guard let text else {
      // An empty text has the same path as null, except where the path is all there is.
      if type != .string || config.dropsPartitionColumns {
        return ColumnBounds(nullCount: 1, rowCount: 1)
      }
      return nil
    }
    // Very old tables call null `default`.
    if text == "default" && !config.dropsPartitionColumns { return nil }
    guard let value = Self.value(text, type) else { return nil }
    return ColumnBounds(min: value, max: value, nullCount: 0)
  }

  /// The value whose text this is; nil where another value of the type may have the same text, or
  /// where it is no value's text. [PRUNE-2]
  static func value(_ text: String, _ type: ColumnType) -> Scalar? {
    switch type {
    case .string: return .string(text)
    case .bool, .int8, .int16, .int32, .int64, .date:
      guard let value = try? Column.constant(text, count: 1).cast(to: type),
        let again = try? value.cast(to: .string), again.string(0) == text
      else { return nil }
      return value.scalar(0)
    default: return nil
    }
  }
}
