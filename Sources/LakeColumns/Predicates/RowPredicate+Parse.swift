// Spec: 12a-predicates. From text to tree.
import LakeBase

/// Recursive descent over the text's Unicode scalars; nesting is limited, lists are flat.
struct PredicateParser {
  private enum Token: Equatable {
    case word(String)
    case quotedName(String)
    case string(String)
    case number(String)
    case mark(String)
    case end
  }

  private let text: String
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var token = Token.end
  private var tokenStart = 0

  static let depthMax = 128

  init(_ text: String) {
    self.text = text
    scalars = Array(text.unicodeScalars)
  }

  private func failure(_ message: String) -> LakeError {
    RowPredicate.malformed(message, text, tokenStart)
  }

  private var shown: String {
    switch token {
    case .word(let text), .quotedName(let text), .number(let text), .mark(let text): "\"\(text)\""
    case .string(let text): "'\(text)'"
    case .end: "the end"
    }
  }

  mutating func parse() throws(LakeError) -> RowPredicate.Expression {
    try advance()
    let expression = try disjunction(0)
    guard token == .end else {
      throw failure("\"and\", \"or\" or the end expected, found \(shown)")
    }
    return expression
  }

  // MARK: words

  private mutating func advance() throws(LakeError) {
    while position < scalars.count && scalars[position].properties.isWhitespace { position += 1 }
    tokenStart = position
    guard position < scalars.count else {
      token = .end
      return
    }
    let first = scalars[position]
    switch first {
    case "'": token = .string(try quoted("'", "a string"))
    case "\"", "`": token = .quotedName(try quoted(first, "a quoted name"))
    case "0"..."9": token = .number(number())
    case "-", "+", ".":
      let next = position + 1 < scalars.count ? scalars[position + 1] : " "
      if first == "." && !("0"..."9").contains(next) {
        token = .mark(try mark())
        return
      }
      guard ("0"..."9").contains(next) || (next == "." && first != ".") else {
        throw failure("a column or a value expected, found \"\(first)\"")
      }
      token = .number(number())
    case _ where Self.startsName(first): token = .word(word())
    default: token = .mark(try mark())
    }
  }

  private static func startsName(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic
  }

  private mutating func word() -> String {
    var word = String.UnicodeScalarView()
    while position < scalars.count,
      Self.startsName(scalars[position]) || ("0"..."9").contains(scalars[position])
        || scalars[position].properties.generalCategory == .nonspacingMark
    {
      word.append(scalars[position])
      position += 1
    }
    return String(word)
  }

  private mutating func number() -> String {
    var digits = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    while position < scalars.count {
      let scalar = scalars[position]
      let isSign = scalar == "-" || scalar == "+"
      guard
        ("0"..."9").contains(scalar) || scalar == "." || scalar == "e" || scalar == "E"
          || (isSign && (digits.isEmpty || previous == "e" || previous == "E"))
      else { break }
      digits.append(scalar)
      previous = scalar
      position += 1
    }
    return String(digits)
  }

  private mutating func quoted(
    _ quote: Unicode.Scalar, _ what: String
  ) throws(LakeError) -> String {
    var inner = String.UnicodeScalarView()
    position += 1
    while position < scalars.count {
      if scalars[position] == quote {
        guard position + 1 < scalars.count, scalars[position + 1] == quote else {
          position += 1
          return String(inner)
        }
        position += 1
      }
      inner.append(scalars[position])
      position += 1
    }
    throw failure("\(what) is not closed with \(quote)")
  }

  private mutating func mark() throws(LakeError) -> String {
    let first = scalars[position]
    position += 1
    let second = position < scalars.count ? scalars[position] : " "
    switch (first, second) {
    case ("<", "="), ("<", ">"), (">", "="), ("!", "="), ("=", "="):
      position += 1
      return "\(first)\(second)"
    case ("=", _), ("<", _), (">", _), ("(", _), (")", _), (",", _), (".", _): return "\(first)"
    default: throw failure("\"\(first)\" means nothing here")
    }
  }

  private func isWord(_ keyword: String) -> Bool {
    if case .word(let word) = token { return word.lowercased() == keyword }
    return false
  }

  private mutating func take(_ keyword: String) throws(LakeError) -> Bool {
    guard isWord(keyword) else { return false }
    try advance()
    return true
  }

  private mutating func expect(mark: String) throws(LakeError) {
    guard token == .mark(mark) else { throw failure("\"\(mark)\" expected, found \(shown)") }
    try advance()
  }

  // MARK: grammar

  private mutating func disjunction(_ depth: Int) throws(LakeError) -> RowPredicate.Expression {
    var parts = [try conjunction(depth)]
    while try take("or") { parts.append(try conjunction(depth)) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func conjunction(_ depth: Int) throws(LakeError) -> RowPredicate.Expression {
    var parts = [try negation(depth)]
    while try take("and") { parts.append(try negation(depth)) }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func negation(_ depth: Int) throws(LakeError) -> RowPredicate.Expression {
    var isNegated = false
    while try take("not") { isNegated.toggle() }
    let inner = try primary(depth)
    return isNegated ? .not(inner) : inner
  }

  private mutating func primary(_ depth: Int) throws(LakeError) -> RowPredicate.Expression {
    guard token == .mark("(") else { return try condition() }
    guard depth < Self.depthMax else {
      throw failure("parentheses nest deeper than \(Self.depthMax) levels")
    }
    try advance()
    let inner = try disjunction(depth + 1)
    try expect(mark: ")")
    return inner
  }

  private mutating func condition() throws(LakeError) -> RowPredicate.Expression {
    let start = tokenStart
    switch try operand() {
    case .column(let column): return try condition(on: column)
    case .literal(let literal):
      if let comparison = try comparison() {
        guard case .column(let column) = try operand() else {
          throw RowPredicate.malformed("one side of a comparison must be a column", text, start)
        }
        return comparison.wrap(.compare(column, comparison.kind.mirrored, literal))
      }
      switch literal {
      case .bool(let value): return .constant(value)
      case .null: return .constant(nil)
      default: throw RowPredicate.malformed("a comparison with a column expected", text, start)
      }
    }
  }

  private mutating func condition(
    on column: RowPredicate.ColumnName
  ) throws(LakeError) -> RowPredicate.Expression {
    if let comparison = try comparison() {
      switch try operand() {
      case .column(let other):
        return comparison.wrap(.compareColumns(column, comparison.kind, other))
      case .literal(let literal): return comparison.wrap(.compare(column, comparison.kind, literal))
      }
    }
    if try take("is") {
      let isNegated = try take("not")
      guard try take("null") else {
        throw failure("\"null\" expected after \"is\", found \(shown)")
      }
      return isNegated ? .not(.isNull(column)) : .isNull(column)
    }
    let isNegated = try take("not")
    let positive: RowPredicate.Expression
    if try take("in") {
      positive = .isIn(column, try list())
    } else if try take("between") {
      let low = try literal()
      guard try take("and") else { throw failure("\"and\" expected, found \(shown)") }
      positive = .and([
        .compare(column, .greaterOrEqual, low), .compare(column, .lessOrEqual, try literal()),
      ])
    } else if try take("like") {
      guard case .string(let pattern) = token else {
        throw failure("a pattern in single quotes expected, found \(shown)")
      }
      try advance()
      positive = .like(column, pattern)
    } else if isNegated {
      throw failure("\"in\", \"between\" or \"like\" expected after \"not\", found \(shown)")
    } else {
      return .isTrue(column)
    }
    return isNegated ? .not(positive) : positive
  }

  private struct FoundComparison {
    var kind: RowPredicate.Comparison
    var isNegated = false

    func wrap(_ expression: RowPredicate.Expression) -> RowPredicate.Expression {
      isNegated ? .not(expression) : expression
    }
  }

  private mutating func comparison() throws(LakeError) -> FoundComparison? {
    guard case .mark(let mark) = token else { return nil }
    let found: FoundComparison
    switch mark {
    case "=", "==": found = FoundComparison(kind: .equal)
    case "!=", "<>": found = FoundComparison(kind: .equal, isNegated: true)
    case "<": found = FoundComparison(kind: .less)
    case "<=": found = FoundComparison(kind: .lessOrEqual)
    case ">": found = FoundComparison(kind: .greater)
    case ">=": found = FoundComparison(kind: .greaterOrEqual)
    default: return nil
    }
    try advance()
    return found
  }

  private mutating func list() throws(LakeError) -> [RowPredicate.Literal] {
    try expect(mark: "(")
    var values = [try literal()]
    while token == .mark(",") {
      try advance()
      values.append(try literal())
    }
    try expect(mark: ")")
    return values
  }

  // MARK: operands

  private enum Operand {
    case column(RowPredicate.ColumnName)
    case literal(RowPredicate.Literal)
  }

  private mutating func literal() throws(LakeError) -> RowPredicate.Literal {
    let start = tokenStart
    guard case .literal(let literal) = try operand() else {
      throw RowPredicate.malformed("a value expected, not a column", text, start)
    }
    return literal
  }

  private mutating func operand() throws(LakeError) -> Operand {
    let start = tokenStart
    switch token {
    case .number(let digits):
      guard let literal = Self.number(digits) else {
        throw failure("\"\(digits)\" is not a number")
      }
      try advance()
      return .literal(literal)
    case .string(let value):
      try advance()
      return .literal(.string(value))
    case .quotedName(let name):
      try advance()
      return .column(try path(name, start))
    case .word(let word):
      try advance()
      switch word.lowercased() {
      case "true": return .literal(.bool(true))
      case "false": return .literal(.bool(false))
      case "null": return .literal(.null)
      case "date", "time", "timestamp":
        if case .string(let value) = token {
          guard let literal = Self.temporal(word.lowercased(), value) else {
            throw failure("'\(value)' is not a \(word.lowercased())")
          }
          try advance()
          return .literal(literal)
        }
        return .column(try path(word, start))
      case "and", "or", "not", "in", "is", "like", "between":
        throw RowPredicate.malformed("a column or a value expected, found \"\(word)\"", text, start)
      default: return .column(try path(word, start))
      }
    case .mark, .end: throw failure("a column or a value expected, found \(shown)")
    }
  }

  private mutating func path(
    _ first: String, _ start: Int
  ) throws(LakeError) -> RowPredicate.ColumnName {
    var parts = [first]
    while token == .mark(".") {
      try advance()
      switch token {
      case .word(let name), .quotedName(let name): parts.append(name)
      default: throw failure("a field's name expected after \".\", found \(shown)")
      }
      try advance()
    }
    return RowPredicate.ColumnName(parts, offset: start)
  }

  private static func number(_ digits: String) -> RowPredicate.Literal? {
    let plain = digits.hasPrefix("+") ? String(digits.dropFirst()) : digits
    if let (unscaled, scale) = ValueText.withBytes(plain, { ValueText.decimalParts($0, $1) }) {
      return .number(unscaled, scale: scale)
    }
    return ValueText.withBytes(plain) { ValueText.double($0, $1) }.map { .double($0) }
  }

  static func temporal(_ kind: String, _ value: String) -> RowPredicate.Literal? {
    switch kind {
    case "date":
      return ValueText.withBytes(value) { ValueText.date($0, $1) }.map { .date(Int($0)) }
    case "time":
      return ValueText.withBytes(value) { ValueText.time($0, $1)?.nanos }.map { .time($0) }
    default:
      if let moment = ValueText.withBytes(value, { ValueText.timestamp($0, $1) }) {
        return .timestamp(seconds: moment.seconds, nanos: moment.nanos, isZoned: moment.isZoned)
      }
      return temporal("date", value)
    }
  }
}
