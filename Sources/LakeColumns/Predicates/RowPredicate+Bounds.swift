// Spec: 12a-predicates. What bounds alone can say, so that files, row groups and pages are skipped.
import LakeBase

/// What is known of a column's values without reading them.
public struct ColumnBounds: Sendable, Hashable {
  /// No value is below `min`, none above `max`; nil when not known. NaN is never counted.
  public var min: Scalar?
  public var max: Scalar?
  public var nullCount: Int?
  public var rowCount: Int?

  public init(min: Scalar? = nil, max: Scalar? = nil, nullCount: Int? = nil, rowCount: Int? = nil) {
    self.min = min
    self.max = max
    self.nullCount = nullCount
    self.rowCount = rowCount
  }
}

extension RowPredicate {
  /// How many rows the condition is true for.
  public enum Verdict: Sendable, Hashable {
    /// For no row: nothing needs to be read.
    case never
    case maybe
    /// For every row: no row needs to be tested.
    case always
  }

  /// Judges rows by their bounds. Sound when the bounds are: `never` and `always` are never wrong.
  /// - Parameters:
  ///   - schema: the schema that the bounds' values are of.
  ///   - bounds: by column name, fields of structs as `a.b`; nil where nothing is known.
  public func verdict(
    _ schema: Schema, bounds: (String) -> ColumnBounds?
  ) throws(LakeError) -> Verdict {
    try BoundPredicate(self, schema).verdict(bounds: bounds)
  }
}

/// Which of the three truth values rows may have.
struct Outcomes: OptionSet {
  let rawValue: UInt8
  static let yes = Outcomes(rawValue: 1)
  static let no = Outcomes(rawValue: 2)
  static let unknown = Outcomes(rawValue: 4)
  static let any: Outcomes = [.yes, .no, .unknown]

  init(rawValue: UInt8) { self.rawValue = rawValue }
  init(_ value: Bool?) { self = value.map { $0 ? .yes : .no } ?? .unknown }

  var inverted: Outcomes {
    var result = intersection(.unknown)
    if contains(.yes) { result.insert(.no) }
    if contains(.no) { result.insert(.yes) }
    return result
  }

  func and(_ other: Outcomes) -> Outcomes {
    var result: Outcomes = []
    if contains(.yes) && other.contains(.yes) { result.insert(.yes) }
    if (contains(.no) && !other.isEmpty) || (other.contains(.no) && !isEmpty) { result.insert(.no) }
    let open: Outcomes = [.yes, .unknown]
    if (contains(.unknown) && !other.isDisjoint(with: open))
      || (other.contains(.unknown) && !isDisjoint(with: open))
    {
      result.insert(.unknown)
    }
    return result
  }
}

extension BoundExpression {
  /// - Parameter lacks: whether none of these values is in the column of that name.
  func outcomes(
    _ bounds: (String) -> ColumnBounds?, _ lacks: (String, [Scalar]) -> Bool
  ) -> Outcomes {
    switch self {
    case .constant(let value): return Outcomes(value)
    case .compareColumns: return .any
    case .not(let inner): return inner.outcomes(bounds, lacks).inverted
    case .and(let parts):
      return parts.reduce(.yes) { $0.and($1.outcomes(bounds, lacks)) }
    case .or(let parts):
      return parts.reduce(Outcomes.yes) { $0.and($1.outcomes(bounds, lacks).inverted) }.inverted
    case .isNull(_, let name):
      guard let known = bounds(name) else { return [.yes, .no] }
      var result: Outcomes = []
      if known.mayHaveNulls { result.insert(.yes) }
      if known.mayHaveValues { result.insert(.no) }
      return result
    case .test(_, let name, let type, let test):
      var result: Outcomes = .any
      if let known = bounds(name) {
        result = known.mayHaveNulls ? .unknown : []
        if known.mayHaveValues { result.formUnion(test.outcomes(type, known)) }
      }
      if result.contains(.yes), let values = test.sought(type), lacks(name, values) {
        result.remove(.yes)
        result.insert(.no)
      }
      return result
    }
  }
}

extension ColumnBounds {
  /// Counts that cannot be are none. [PRUNE-23]
  private var counts: (nulls: Int?, rows: Int?) {
    if let rowCount, rowCount < 0 { return (nil, nil) }
    if let nullCount, nullCount < 0 || nullCount > rowCount ?? nullCount { return (nil, nil) }
    return (nullCount, rowCount)
  }

  /// Whether there may be nulls.
  public var mayHaveNulls: Bool {
    let counts = counts
    return counts.nulls.map { $0 > 0 } ?? (counts.rows != 0)
  }

  /// Whether there may be values that are not null.
  public var mayHaveValues: Bool {
    let counts = counts
    guard let rows = counts.rows else { return true }
    return rows > 0 && (counts.nulls ?? 0) < rows
  }
}

extension ValueTest {
  /// What values between the bounds may answer; `.yes` and `.no` unless the bounds exclude one.
  func outcomes(_ type: ColumnType, _ bounds: ColumnBounds) -> Outcomes {
    let either: Outcomes = [.yes, .no]
    if let low = bounds.min.flatMap(Self.bytes), let high = bounds.max.flatMap(Self.bytes),
      high.lexicographicallyPrecedes(low)
    {
      return either
    }
    switch self {
    case .whole(nil): return .no
    case .whole(let range?):
      if type == .bool { return .yes }
      let low = bounds.min.flatMap(Self.whole) ?? .min
      let high = bounds.max.flatMap(Self.whole) ?? .max
      if low > high { return either }
      if high < range.lowerBound || low > range.upperBound { return .no }
      return low >= range.lowerBound && high <= range.upperBound ? .yes : either
    case .wholeSet(let wanted):
      let low = bounds.min.flatMap(Self.whole) ?? .min
      let high = bounds.max.flatMap(Self.whole) ?? .max
      if low > high { return either }
      if !wanted.contains(where: { $0 >= low && $0 <= high }) { return .no }
      return low == high ? .yes : either
    case .bool(let wanted):
      guard case .bool(let low) = bounds.min, case .bool(let high) = bounds.max, low == high else {
        return either
      }
      return low == wanted ? .yes : .no
    case .floating(let range):
      // NaN hides from bounds and answers no.
      let low = bounds.min.flatMap(Self.real) ?? -.infinity
      let high = bounds.max.flatMap(Self.real) ?? .infinity
      if low > high || low.isNaN || high.isNaN { return either }
      if high < range.low || (range.isLowOpen && high == range.low) { return .no }
      if low > range.high || (range.isHighOpen && low == range.high) { return .no }
      return either
    case .floatingSet(let wanted):
      let low = bounds.min.flatMap(Self.real) ?? -.infinity
      let high = bounds.max.flatMap(Self.real) ?? .infinity
      if low > high || low.isNaN || high.isNaN { return either }
      return wanted.contains { $0 >= low && $0 <= high } ? either : .no
    case .bytes(let range): return byteOutcomes(range, bounds)
    case .bytesSet(let wanted):
      let low = bounds.min.flatMap(Self.bytes)
      let high = bounds.max.flatMap(Self.bytes)
      let mayMatch = wanted.contains { value in
        (low.map { !value.lexicographicallyPrecedes($0) } ?? true)
          && (high.map { !$0.lexicographicallyPrecedes(value) } ?? true)
      }
      if !mayMatch { return .no }
      return low != nil && low == high ? .yes : either
    case .like(let pattern):
      let prefix = pattern.prefix
      if prefix.isEmpty { return either }
      var range = ByteRange(low: prefix)
      // The first text after all those that begin with the prefix.
      var after = prefix
      while after.last == 0xFF { after.removeLast() }
      if let last = after.indices.last {
        after[last] += 1
        range.high = after
        range.isHighOpen = true
      }
      return byteOutcomes(range, bounds) == .no ? .no : either
    }
  }

  private func byteOutcomes(_ range: ByteRange, _ bounds: ColumnBounds) -> Outcomes {
    let low = bounds.min.flatMap(Self.bytes)
    let high = bounds.max.flatMap(Self.bytes)
    var isInside = true
    if let wanted = range.low {
      if let high {
        if high.lexicographicallyPrecedes(wanted) || (range.isLowOpen && high == wanted) {
          return .no
        }
      }
      if let low {
        if low.lexicographicallyPrecedes(wanted) || (range.isLowOpen && low == wanted) {
          isInside = false
        }
      } else {
        isInside = false
      }
    }
    if let wanted = range.high {
      if let low {
        if wanted.lexicographicallyPrecedes(low) || (range.isHighOpen && low == wanted) {
          return .no
        }
      }
      if let high {
        if wanted.lexicographicallyPrecedes(high) || (range.isHighOpen && high == wanted) {
          isInside = false
        }
      } else {
        isInside = false
      }
    }
    return isInside ? .yes : [.yes, .no]
  }

  private static func whole(_ scalar: Scalar) -> Int128? {
    switch scalar {
    case .int(let value): Int128(value)
    case .uint(let value): Int128(value)
    case .decimal(let value): value
    default: nil
    }
  }

  private static func real(_ scalar: Scalar) -> Double? {
    switch scalar {
    case .float(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  private static func bytes(_ scalar: Scalar) -> [UInt8]? {
    switch scalar {
    case .string(let text): Array(text.utf8)
    case .binary(let bytes): bytes
    default: nil
    }
  }
}
