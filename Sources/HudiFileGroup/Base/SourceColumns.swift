// Spec: 12b-schema. Where the columns of a table are found in a file that an older schema wrote.
import HudiModel
import LakeColumns

/// How names of the table lead to names of a file, at every level. Without entries a column is
/// found under its own name.
public struct SourceColumns: Sendable, Hashable {
  /// Where one column, or one field of a struct, comes from.
  public struct Place: Sendable, Hashable {
    /// Its name in the file; nil: the file never had it.
    public var name: String?
    /// What its rows show where the file lacks it.
    public var missing: Scalar
    /// What lies inside: fields of a struct by name, `element` of a list, `key` and `value` of a
    /// map.
    public var inside: SourceColumns

    public init(_ name: String?, missing: Scalar = .null, inside: SourceColumns = .byName) {
      self.name = name
      self.missing = missing
      self.inside = inside
    }
  }

  private var places: [String: Place] = [:]

  /// Every column under its own name; null where it is missing.
  public static let byName = SourceColumns()

  public init() {}

  /// The same names everywhere; `missing` values may differ from null all the same.
  public var isByName: Bool {
    places.allSatisfy { $0.value.name == $0.key && $0.value.inside.isByName }
  }

  public subscript(name: String) -> Place {
    get { places[name] ?? Place(name) }
    set { places[name] = newValue }
  }

  /// The name in the file of a column or a nested field `a.b`; nil where the file never had it.
  public func path(_ parts: [String]) -> [String]? {
    var columns = self
    var names: [String] = []
    for part in parts {
      let place = columns[part]
      guard let name = place.name else { return nil }
      names.append(name)
      columns = place.inside
    }
    return names
  }

  /// The columns of `table` in a file that `file` describes, matched by number: renamed ones under
  /// their old name, those the file never had nowhere. [SCHEMA-12]
  public init(_ table: NumberedSchema, in file: NumberedSchema) {
    self.init(table.fields, file.fields)
  }

  private init(_ table: [NumberedSchema.Numbered], _ file: [NumberedSchema.Numbered]) {
    var byNumber: [Int: NumberedSchema.Numbered] = [:]
    for field in file { byNumber[field.id] = field }
    for field in table {
      if let found = byNumber[field.id] {
        places[field.name] = Place(found.name, inside: Self.inside(field.shape, found.shape))
      } else {
        places[field.name] = Place(nil)
      }
    }
  }

  private static func inside(
    _ table: NumberedSchema.Shape, _ file: NumberedSchema.Shape
  ) -> SourceColumns {
    var columns = SourceColumns()
    switch (table, file) {
    case (.structure(let want), .structure(let have)): return SourceColumns(want, have)
    case (.list(let want), .list(let have)):
      columns["element"] = Place("element", inside: inside(want, have))
    case (.map(let key, let value), .map(let haveKey, let haveValue)):
      columns["key"] = Place("key", inside: inside(key, haveKey))
      columns["value"] = Place("value", inside: inside(value, haveValue))
    default: break
    }
    return columns
  }
}
