// Spec: 12a-predicates. Names become positions and literals become values of the column's type.
import LakeBase

/// What a column's value is tested for. Whole numbers stand for integers, decimals (unscaled),
/// dates, times and timestamps (in their unit).
enum ValueTest: Sendable {
  /// Inside the range; nil is never.
  case whole(ClosedRange<Int128>?)
  /// One of these, sorted.
  case wholeSet([Int128])
  case floating(FloatRange)
  case floatingSet([Double])
  case bytes(ByteRange)
  /// One of these, sorted.
  case bytesSet([[UInt8]])
  case like(LikePattern)
  case bool(Bool)
}

struct FloatRange: Sendable {
  var low = -Double.infinity
  var high = Double.infinity
  var isLowOpen = false
  var isHighOpen = false
}

struct ByteRange: Sendable {
  var low: [UInt8]?
  var high: [UInt8]?
  var isLowOpen = false
  var isHighOpen = false
}

/// The tree with positions instead of names.
indirect enum BoundExpression: Sendable {
  case constant(Bool?)
  case test(path: [Int], name: String, type: ColumnType, ValueTest)
  case compareColumns([Int], RowPredicate.Comparison, [Int])
  case isNull(path: [Int], name: String)
  case and([BoundExpression])
  case or([BoundExpression])
  case not(BoundExpression)
}

extension RowPredicate {
  /// The top-level columns of `schema` it looks at; throws `columnNotFound`.
  public func columns(in schema: Schema) throws(LakeError) -> [String] {
    var names: [String] = []
    for column in columnNames(expression) {
      let name = schema.fields[try resolve(column, schema).path[0]].name
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  private func columnNames(_ expression: Expression) -> [ColumnName] {
    switch expression {
    case .constant: []
    case .compare(let column, _, _), .isIn(let column, _), .like(let column, _),
      .isNull(let column), .isTrue(let column):
      [column]
    case .compareColumns(let left, _, let right): [left, right]
    case .and(let parts), .or(let parts): parts.flatMap { columnNames($0) }
    case .not(let inner): columnNames(inner)
    }
  }

  /// Checks names and types against `schema`; throws `columnNotFound` and `predicateMalformed`.
  public func check(_ schema: Schema) throws(LakeError) { _ = try bind(schema) }

  func bind(_ schema: Schema) throws(LakeError) -> BoundExpression {
    try bind(expression, schema)
  }

  private func resolve(
    _ column: ColumnName, _ schema: Schema
  ) throws(LakeError) -> (path: [Int], type: ColumnType) {
    if column.parts.count > 1, let whole = schema.index(of: column.dotted) {
      return ([whole], schema.fields[whole].type)
    }
    var fields = schema.fields
    var path: [Int] = []
    var type = ColumnType.null
    for (depth, name) in column.parts.enumerated() {
      guard let index = fields.firstIndex(where: { $0.name == name }) else {
        throw LakeError(
          .columnNotFound, "there is no column \"\(column.dotted)\"", offset: column.offset,
          hint: "columns: " + schema.fields.map(\.name).joined(separator: ", "),
          facts: text.isEmpty ? [] : [("where", text)])
      }
      path.append(index)
      type = fields[index].type
      if depth + 1 < column.parts.count {
        guard case .structure(let inner) = type else {
          throw failure("\"\(name)\" is \(type) and has no fields", at: column)
        }
        fields = inner
      }
    }
    return (path, type)
  }

  private func bind(
    _ expression: Expression, _ schema: Schema
  ) throws(LakeError) -> BoundExpression {
    switch expression {
    case .constant(let value): return .constant(value)
    case .compare(let column, let comparison, let literal):
      let (path, type) = try resolve(column, schema)
      guard literal != .null else { return .constant(nil) }
      let test = try test(type, comparison, literal, column)
      return .test(path: path, name: column.dotted, type: type, test)
    case .isIn(let column, let literals):
      let (path, type) = try resolve(column, schema)
      let test = try set(type, literals.filter { $0 != .null }, column)
      let found = BoundExpression.test(path: path, name: column.dotted, type: type, test)
      return literals.contains(.null) ? .or([found, .constant(nil)]) : found
    case .like(let column, let pattern):
      let (path, type) = try resolve(column, schema)
      guard type == .string else { throw failure("\"like\" needs text, not \(type)", at: column) }
      return .test(path: path, name: column.dotted, type: type, .like(LikePattern(pattern)))
    case .isNull(let column):
      return .isNull(path: try resolve(column, schema).path, name: column.dotted)
    case .isTrue(let column):
      let (path, type) = try resolve(column, schema)
      guard type == .bool else {
        throw failure("\"\(column.dotted)\" is \(type); a comparison is missing", at: column)
      }
      return .test(path: path, name: column.dotted, type: type, .bool(true))
    case .compareColumns(let left, let comparison, let right):
      let (leftPath, leftType) = try resolve(left, schema)
      let (rightPath, rightType) = try resolve(right, schema)
      guard ColumnPair.areComparable(leftType, rightType) else {
        throw failure("\(leftType) cannot be compared with \(rightType)", at: right)
      }
      return .compareColumns(leftPath, comparison, rightPath)
    case .and(let parts): return .and(try bind(all: parts, schema))
    case .or(let parts): return .or(try bind(all: parts, schema))
    case .not(let inner): return .not(try bind(inner, schema))
    }
  }

  private func bind(
    all parts: [Expression], _ schema: Schema
  ) throws(LakeError) -> [BoundExpression] {
    var bound: [BoundExpression] = []
    for part in parts { bound.append(try bind(part, schema)) }
    return bound
  }

  // MARK: literals

  private func test(
    _ type: ColumnType, _ comparison: Comparison, _ literal: Literal, _ column: ColumnName
  ) throws(LakeError) -> ValueTest {
    switch type {
    case .bool:
      guard let value = Self.bool(literal) else { throw mismatch(type, literal, column) }
      switch comparison {
      case .equal: return .bool(value)
      case .less: return value ? .bool(false) : .whole(nil)
      case .greater: return value ? .whole(nil) : .bool(true)
      case .lessOrEqual: return value ? .whole(0...1) : .bool(false)
      case .greaterOrEqual: return value ? .bool(true) : .whole(0...1)
      }
    case .float16, .float32, .float64:
      guard let value = Self.double(literal, type) else { throw mismatch(type, literal, column) }
      var range = FloatRange()
      switch comparison {
      case .equal: range = FloatRange(low: value, high: value)
      case .less: range = FloatRange(high: value, isHighOpen: true)
      case .lessOrEqual: range.high = value
      case .greater: range = FloatRange(low: value, isLowOpen: true)
      case .greaterOrEqual: range.low = value
      }
      return .floating(range)
    case .string, .binary, .fixedBinary:
      guard let value = Self.bytes(literal, type) else { throw mismatch(type, literal, column) }
      switch comparison {
      case .equal: return .bytes(ByteRange(low: value, high: value))
      case .less: return .bytes(ByteRange(high: value, isHighOpen: true))
      case .lessOrEqual: return .bytes(ByteRange(high: value))
      case .greater: return .bytes(ByteRange(low: value, isLowOpen: true))
      case .greaterOrEqual: return .bytes(ByteRange(low: value))
      }
    default:
      let (floor, isExact) = try whole(literal, type, column)
      let least = Int128.min
      let most = Int128.max
      switch comparison {
      case .equal: return .whole(isExact ? floor...floor : nil)
      case .less where isExact: return .whole(floor == least ? nil : least...(floor - 1))
      case .less, .lessOrEqual: return .whole(least...floor)
      case .greaterOrEqual where isExact: return .whole(floor...most)
      case .greater, .greaterOrEqual: return .whole(floor == most ? nil : (floor + 1)...most)
      }
    }
  }

  private func set(
    _ type: ColumnType, _ literals: [Literal], _ column: ColumnName
  ) throws(LakeError) -> ValueTest {
    switch type {
    case .bool:
      let values = Set(literals.compactMap(Self.bool))
      guard values.count == Set(literals).count else {
        throw mismatch(type, literals.first { Self.bool($0) == nil } ?? .null, column)
      }
      return values.count == 2 ? .whole(0...1) : values.first.map { .bool($0) } ?? .whole(nil)
    case .float16, .float32, .float64:
      var values: [Double] = []
      for literal in literals {
        guard let value = Self.double(literal, type) else { throw mismatch(type, literal, column) }
        values.append(value)
      }
      return .floatingSet(values.sorted())
    case .string, .binary, .fixedBinary:
      var values: [[UInt8]] = []
      for literal in literals {
        guard let value = Self.bytes(literal, type) else { throw mismatch(type, literal, column) }
        values.append(value)
      }
      return .bytesSet(values.sorted { $0.lexicographicallyPrecedes($1) })
    default:
      var values: [Int128] = []
      for literal in literals {
        let (floor, isExact) = try whole(literal, type, column)
        if isExact { values.append(floor) }
      }
      return .wholeSet(values.sorted())
    }
  }

  private func mismatch(_ type: ColumnType, _ literal: Literal, _ column: ColumnName) -> LakeError {
    failure(
      "column \"\(column.dotted)\" is \(type) and cannot be compared with \(literal.shown)",
      at: column)
  }

  private static func bool(_ literal: Literal) -> Bool? {
    switch literal {
    case .bool(let value): value
    case .string(let text): ValueText.withBytes(text) { ValueText.bool($0, $1) }
    default: nil
    }
  }

  private static func double(_ literal: Literal, _ type: ColumnType) -> Double? {
    let text: String
    switch literal {
    case .number(let unscaled, let scale): text = "\(unscaled)e\(-scale)"
    case .double(let value): text = value.description
    case .string(let value): text = value
    default: return nil
    }
    // Rounded to the column's own precision first, so that 0.1 finds what prints as 0.1.
    if type == .float32 || type == .float16 {
      return ValueText.withBytes(text) { ValueText.float($0, $1) }.map(Double.init)
    }
    return ValueText.withBytes(text) { ValueText.double($0, $1) }
  }

  private static func bytes(_ literal: Literal, _ type: ColumnType) -> [UInt8]? {
    guard case .string(let text) = literal else { return nil }
    if type == .string { return Array(text.utf8) }
    var target = [UInt8](repeating: 0, count: text.utf8.count / 2)
    if text.isEmpty { return target }
    let done = target.withUnsafeMutableBufferPointer { space -> Bool? in
      guard let start = space.baseAddress else { return nil }
      return ValueText.withBytes(text) { ValueText.hexadecimal($0, $1, into: start) }
    }
    return done == true ? target : nil
  }

  /// The largest whole value of the column not above the literal, and whether it equals it.
  private func whole(
    _ literal: Literal, _ type: ColumnType, _ column: ColumnName
  ) throws(LakeError) -> (Int128, Bool) {
    if case .string(let text) = literal {
      guard let parsed = Self.parsed(text, type) else { throw mismatch(type, literal, column) }
      return try whole(parsed, type, column)
    }
    switch (type, literal) {
    case (.int8, .number(let value, let scale)), (.int16, .number(let value, let scale)),
      (.int32, .number(let value, let scale)), (.int64, .number(let value, let scale)),
      (.uint8, .number(let value, let scale)), (.uint16, .number(let value, let scale)),
      (.uint32, .number(let value, let scale)), (.uint64, .number(let value, let scale)):
      return Self.floor(value, tens: -scale)
    case (.decimal(_, let columnScale), .number(let value, let scale)):
      return Self.floor(value, tens: columnScale - scale)
    case (.date, .date(let days)): return (Int128(days), true)
    case (.date, .timestamp(let seconds, let nanos, false)):
      let day = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
      return (Int128(day), seconds % 86_400 == 0 && nanos == 0)
    case (.time(let unit), .time(let nanos)):
      return Self.floor(Int128(nanos), tens: unit.digits - 9)
    case (.timestamp(let unit, _), .number(let micros, let scale)) where scale <= 0:
      return Self.floor(micros, tens: unit.digits - 6 - scale)
    case (.timestamp(let unit, let utc), .timestamp(let seconds, let nanos, let isZoned)):
      let nanoseconds = Int128(seconds) * 1_000_000_000 + Int128(nanos)
      return Self.floor(
        nanoseconds - (try shift(utc, isZoned, column)), tens: unit.digits - 9)
    case (.timestamp(let unit, let utc), .date(let days)):
      let nanoseconds = Int128(days) * 86_400_000_000_000
      return Self.floor(nanoseconds - (try shift(utc, false, column)), tens: unit.digits - 9)
    default: throw mismatch(type, literal, column)
    }
  }

  /// Nanoseconds to subtract from an unzoned text to make it an instant.
  private func shift(
    _ utc: Bool, _ isZoned: Bool, _ column: ColumnName
  ) throws(LakeError) -> Int128 {
    if utc == isZoned { return 0 }
    guard utc else {
      throw failure(
        "column \"\(column.dotted)\" holds local times; the value must not name a zone", at: column)
    }
    guard let zoneOffset else {
      throw failure(
        "column \"\(column.dotted)\" holds instants; the value needs a zone, for example Z",
        at: column)
    }
    return Int128(zoneOffset) * 1_000_000_000
  }

  private static func parsed(_ text: String, _ type: ColumnType) -> Literal? {
    switch type {
    case .date: PredicateParser.temporal("timestamp", text)
    case .time: PredicateParser.temporal("time", text)
    case .timestamp: PredicateParser.temporal("timestamp", text)
    default:
      ValueText.withBytes(text) { ValueText.decimalParts($0, $1) }
        .map { .number($0.unscaled, scale: $0.scale) }
    }
  }

  /// floor(value * 10^tens), saturated, and whether nothing was lost.
  static func floor(_ value: Int128, tens: Int) -> (Int128, Bool) {
    if value == 0 || tens == 0 { return (value, true) }
    if tens > 0 {
      let (product, over) =
        tens > 38
        ? (0, true) : value.multipliedReportingOverflow(by: ValueText.powerOfTen(tens))
      return over ? (value < 0 ? .min : .max, false) : (product, true)
    }
    if tens < -38 { return (value < 0 ? -1 : 0, false) }
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: ValueText.powerOfTen(-tens))
    return (rest < 0 ? quotient - 1 : quotient, rest == 0)
  }
}

extension RowPredicate.Literal {
  var shown: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value, let scale): scale == 0 ? "\(value)" : "the number \(value)e\(-scale)"
    case .double(let value): "\(value)"
    case .string(let text): "'\(text)'"
    case .date: "a date"
    case .time: "a time"
    case .timestamp: "a timestamp"
    }
  }
}
