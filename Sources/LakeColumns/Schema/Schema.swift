// Spec: 01-terms. The fields of a batch, in order.
import LakeBase

/// Ordered fields. Names are matched exactly, case included.
public struct Schema: Sendable, Hashable {
  public var fields: [Field]

  public init(_ fields: [Field]) { self.fields = fields }

  public var count: Int { fields.count }

  public func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }

  public subscript(name: String) -> Field? { index(of: name).map { fields[$0] } }

  /// The fields named, in that order. Throws `columnNotFound`, naming the columns there are.
  public func select(_ names: [String]) throws(LakeError) -> Schema {
    var picked: [Field] = []
    for name in names { picked.append(fields[try require(name)]) }
    return Schema(picked)
  }

  /// Position of `name`, or `columnNotFound` with the nearest spelling as hint.
  public func require(_ name: String) throws(LakeError) -> Int {
    if let index = index(of: name) { return index }
    throw LakeError(
      .columnNotFound, "there is no column \"\(name)\"",
      hint: "columns: " + fields.map(\.name).joined(separator: ", "))
  }
}
