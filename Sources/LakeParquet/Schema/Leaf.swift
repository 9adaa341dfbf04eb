// Spec: 06-base-files. A primitive column of the file, as pages know it.
import LakeBase
import LakeColumns

/// A leaf of the schema tree.
public struct Leaf: Sendable, Hashable {
  /// Position among the leaves, which is the position of its chunk in every row group.
  public let index: Int
  /// Names from below the root to the leaf.
  public let path: [String]
  public let element: SchemaElement
  /// The definition level of a slot that has a value.
  public let maxDefinition: Int
  /// The repetition level of the innermost list; 0 outside lists.
  public let maxRepetition: Int
  /// The definition level at which the innermost list above has an element; 0 outside lists.
  public let listDefinition: Int
  /// What its values are in memory.
  public let type: ColumnType

  public var physicalType: PhysicalType { element.type ?? .byteArray }

  /// The path joined with dots; for people.
  public var name: String { path.joined(separator: ".") }
}
