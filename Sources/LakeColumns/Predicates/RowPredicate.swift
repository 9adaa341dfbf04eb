// Spec: 12a-predicates. Which rows are wanted, as an expression over columns.
import LakeBase

/// A condition on rows: parsed from text, evaluated on whole batches with three-valued logic, and
/// judged on bounds without looking at a row.
public struct RowPredicate: Sendable, Hashable {
  /// A column, or a field inside a struct column.
  public struct ColumnName: Sendable, Hashable {
    /// The names from the top-level column downwards.
    public var parts: [String]
    /// The character of the text where the name stands.
    public var offset: Int

    public init(_ parts: [String], offset: Int = 0) {
      self.parts = parts
      self.offset = offset
    }

    /// The names joined by dots, as bounds are asked for.
    public var dotted: String { parts.joined(separator: ".") }
  }

  public enum Comparison: String, Sendable, Hashable {
    case equal = "="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// The same comparison with its sides exchanged.
    public var mirrored: Comparison {
      switch self {
      case .equal: .equal
      case .less: .greater
      case .lessOrEqual: .greaterOrEqual
      case .greater: .less
      case .greaterOrEqual: .lessOrEqual
      }
    }
  }

  /// A value in the text, not yet of a column's type.
  public enum Literal: Sendable, Hashable {
    case null
    case bool(Bool)
    /// unscaled / 10^scale
    case number(Int128, scale: Int)
    case double(Double)
    case string(String)
    /// Days since 1970-01-01.
    case date(Int)
    /// Nanoseconds since midnight.
    case time(Int64)
    case timestamp(seconds: Int64, nanos: Int32, isZoned: Bool)
  }

  /// The tree. `!=` and the `not` forms are `not` of their positive form.
  public indirect enum Expression: Sendable, Hashable {
    /// nil is unknown.
    case constant(Bool?)
    case compare(ColumnName, Comparison, Literal)
    case compareColumns(ColumnName, Comparison, ColumnName)
    case isIn(ColumnName, [Literal])
    case like(ColumnName, String)
    case isNull(ColumnName)
    /// A boolean column standing alone.
    case isTrue(ColumnName)
    case and([Expression])
    case or([Expression])
    case not(Expression)
  }

  /// The text it was parsed from; empty when it was made from an expression.
  public let text: String
  public let expression: Expression
  /// Seconds east of Greenwich for texts of instants that name no zone; nil refuses them.
  public let zoneOffset: Int?

  public init(_ expression: Expression, zoneOffset: Int? = nil) {
    text = ""
    self.expression = expression
    self.zoneOffset = zoneOffset
  }

  /// Parses `text`. Throws `predicateMalformed` with the offset, in characters, of what is wrong.
  public init(_ text: String, zoneOffset: Int? = nil) throws(LakeError) {
    var parser = PredicateParser(text)
    expression = try parser.parse()
    self.text = text
    self.zoneOffset = zoneOffset
  }

  private init(_ text: String, _ expression: Expression, _ zoneOffset: Int?) {
    self.text = text
    self.expression = expression
    self.zoneOffset = zoneOffset
  }

  /// Rows for which both hold. Offsets in errors count in the text of the side that is wrong.
  public func and(_ other: RowPredicate) -> RowPredicate {
    RowPredicate(text, .and([expression, other.expression]), zoneOffset ?? other.zoneOffset)
  }

  /// The names of the top-level columns it looks at, each once, in order of appearance.
  public var columns: [String] {
    var names: [String] = []
    func visit(_ expression: Expression) {
      switch expression {
      case .constant: break
      case .compare(let column, _, _), .isIn(let column, _), .like(let column, _),
        .isNull(let column), .isTrue(let column):
        add(column)
      case .compareColumns(let left, _, let right):
        add(left)
        add(right)
      case .and(let parts), .or(let parts): parts.forEach(visit)
      case .not(let inner): visit(inner)
      }
    }
    func add(_ column: ColumnName) {
      // A column whose own name holds dots is known only to the schema; see `columns(in:)`.
      let name = column.parts.first ?? ""
      if !names.contains(name) { names.append(name) }
    }
    visit(expression)
    return names
  }

  func failure(_ message: String, at column: ColumnName) -> LakeError {
    RowPredicate.malformed(message, text, column.offset)
  }

  static func malformed(_ message: String, _ text: String, _ offset: Int) -> LakeError {
    LakeError(
      .predicateMalformed, message, offset: offset,
      facts: text.isEmpty ? [] : [("where", text), ("character", "\(offset + 1)")])
  }
}
