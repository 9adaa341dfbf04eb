// Spec: 01-terms. A named, typed, possibly nullable column.

/// A column's name, type and nullability.
public struct Field: Sendable, Hashable {
  public var name: String
  public var type: ColumnType
  public var nullable: Bool
  /// What a format knows beyond the type, under the format's own key (`avro.name`, `avro.symbols`,
  /// `parquet.id`, …). Never needed to understand the values.
  public var metadata: [String: String]

  public init(
    _ name: String, _ type: ColumnType, nullable: Bool = true, metadata: [String: String] = [:]
  ) {
    self.name = name
    self.type = type
    self.nullable = nullable
    self.metadata = metadata
  }
}
