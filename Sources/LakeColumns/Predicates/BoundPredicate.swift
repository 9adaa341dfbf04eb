// Spec: 12a-predicates, 12c-pruning. A condition tied to a schema, judged many times without
// looking at a row.
import LakeBase

/// A predicate whose names and literals are those of one schema.
public struct BoundPredicate: Sendable {
  /// A column or nested field that the condition looks at.
  public struct Place: Sendable, Hashable {
    /// The names joined by dots, as bounds are asked for.
    public let name: String
    /// The names from the top-level column downwards.
    public let path: [String]
    public let type: ColumnType
  }

  private let expression: BoundExpression
  /// Each column once, in order of appearance. Columns that are compared with one another are left
  /// out: bounds do not judge them.
  public let places: [Place]
  /// Names of columns that are compared with single values, where a filter of values may help.
  public let sought: Set<String>

  /// Throws `columnNotFound` and `predicateMalformed`.
  public init(_ predicate: RowPredicate, _ schema: Schema) throws(LakeError) {
    expression = try predicate.bind(schema)
    var places: [Place] = []
    var sought: Set<String> = []
    expression.visit { path, name, part in
      if !places.contains(where: { $0.name == name }) {
        places.append(Self.place(path, name, schema))
      }
      if case .test(_, _, let type, let test) = part, test.sought(type) != nil {
        sought.insert(name)
      }
    }
    self.places = places
    self.sought = sought
  }

  private static func place(_ path: [Int], _ name: String, _ schema: Schema) -> Place {
    var fields = schema.fields
    var names: [String] = []
    var type = ColumnType.null
    for step in path {
      names.append(fields[step].name)
      type = fields[step].type
      if case .structure(let inner) = type { fields = inner }
    }
    return Place(name: name, path: names, type: type)
  }

  /// Judges rows by what is known of their values. Sound when that is: `never` and `always` are
  /// never wrong. [PRED-12]
  ///
  /// - Parameters:
  ///   - bounds: by name; nil where nothing is known.
  ///   - lacks: whether the column of that name certainly has none of the values, given as values
  ///   of the column's type.
  public func verdict(
    bounds: (String) -> ColumnBounds?, lacks: (String, [Scalar]) -> Bool = { _, _ in false }
  ) -> RowPredicate.Verdict {
    let outcomes = expression.outcomes(bounds, lacks)
    if !outcomes.contains(.yes) { return .never }
    return outcomes == .yes ? .always : .maybe
  }
}

extension BoundExpression {
  fileprivate func visit(_ body: (_ path: [Int], _ name: String, BoundExpression) -> Void) {
    switch self {
    case .constant, .compareColumns: break
    case .test(let path, let name, _, _), .isNull(let path, let name): body(path, name, self)
    case .and(let parts), .or(let parts): for part in parts { part.visit(body) }
    case .not(let inner): inner.visit(body)
    }
  }
}

extension ValueTest {
  /// The values that alone satisfy the test, where there is a finite list of them.
  func sought(_ type: ColumnType) -> [Scalar]? {
    switch self {
    case .whole(let range?) where range.lowerBound == range.upperBound:
      return Self.scalar(range.lowerBound, type).map { [$0] }
    case .wholeSet(let values):
      var scalars: [Scalar] = []
      for value in values {
        guard let scalar = Self.scalar(value, type) else { return nil }
        scalars.append(scalar)
      }
      return scalars
    case .bytes(let range):
      guard let low = range.low, low == range.high, !range.isLowOpen, !range.isHighOpen else {
        return nil
      }
      return [Self.scalar(low, type)]
    case .bytesSet(let values): return values.map { Self.scalar($0, type) }
    default: return nil
    }
  }

  private static func scalar(_ value: Int128, _ type: ColumnType) -> Scalar? {
    switch type {
    case .bool, .float16, .float32, .float64: nil
    case .decimal: .decimal(value)
    case .uint8, .uint16, .uint32, .uint64: UInt64(exactly: value).map { .uint($0) }
    default: Int64(exactly: value).map { .int($0) }
    }
  }

  private static func scalar(_ bytes: [UInt8], _ type: ColumnType) -> Scalar {
    type == .string ? .string(String(decoding: bytes, as: UTF8.self)) : .binary(bytes)
  }
}
