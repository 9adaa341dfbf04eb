// Spec: 14-text-rows. Schemas as people write them: `id string not null, price decimal(12,2)`.
import LakeBase

extension Schema {
  /// The schema that a list such as `id string not null, price decimal(12,2), at timestamp` names.
  /// Names may be quoted with `"` or backquotes. Throws `schemaMalformed` with the character's
  /// offset.
  public static func parse(columns text: String) throws(LakeError) -> Schema {
    var reader = TypeReader(text)
    let fields = try reader.fields(until: nil, depth: 0)
    return Schema(fields)
  }
}

extension ColumnType {
  /// The type that a text such as `list<struct<a int, b decimal(9,2)>>` names: the spelling of
  /// `description` and its usual synonyms. Throws `schemaMalformed`.
  public static func parse(_ text: String) throws(LakeError) -> ColumnType {
    var reader = TypeReader(text)
    let type = try reader.type(depth: 0)
    if let extra = reader.peek() { throw reader.failure("\(extra) follows the type") }
    return type
  }
}

/// Reads names, types and their punctuation, one word at a time.
private struct TypeReader {
  enum Token: Equatable, CustomStringConvertible {
    case word(String)
    case quoted(String)
    case number(Int)
    case mark(Character)

    var description: String {
      switch self {
      case .word(let text), .quoted(let text): "\"\(text)\""
      case .number(let value): "\"\(value)\""
      case .mark(let mark): "\"\(mark)\""
      }
    }
  }

  private let characters: [Character]
  private var position = 0
  private var tokenStart = 0
  private let text: String

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  func failure(_ message: String) -> LakeError {
    LakeError(
      .schemaMalformed, message, offset: tokenStart,
      hint: "write for example: id string not null, price decimal(12,2), at timestamp",
      facts: [("columns", text)])
  }

  mutating func peek() -> Token? {
    let keep = position
    defer { position = keep }
    return next()
  }

  mutating func next() -> Token? {
    while position < characters.count && characters[position].isWhitespace { position += 1 }
    tokenStart = position
    guard position < characters.count else { return nil }
    let first = characters[position]
    if first == "\"" || first == "`" {
      var name = ""
      var at = position + 1
      while at < characters.count {
        if characters[at] == first {
          guard at + 1 < characters.count, characters[at + 1] == first else { break }
          at += 1
        }
        name.append(characters[at])
        at += 1
      }
      guard at < characters.count else { return .mark(first) }
      position = at + 1
      return .quoted(name)
    }
    if isNamePart(first) {
      var word = ""
      while position < characters.count && isNamePart(characters[position]) {
        word.append(characters[position])
        position += 1
      }
      if let value = Int(word), first.isNumber { return .number(value) }
      return .word(word)
    }
    position += 1
    return .mark(first)
  }

  private func isNamePart(_ character: Character) -> Bool {
    character == "_" || character == "$" || character.isLetter || character.isNumber
  }

  private mutating func take(_ mark: Character) -> Bool {
    guard peek() == .mark(mark) else { return false }
    _ = next()
    return true
  }

  private mutating func expect(_ mark: Character, _ place: String) throws(LakeError) {
    let token = next()
    guard token == .mark(mark) else {
      throw failure("\"\(mark)\" expected \(place), found \(token?.description ?? "the end")")
    }
  }

  /// Fields up to `end`, or to the end of the text.
  mutating func fields(until end: Character?, depth: Int) throws(LakeError) -> [Field] {
    var fields: [Field] = []
    var names: Set<String> = []
    while true {
      let name: String
      switch next() {
      case .word(let word), .quoted(let word): name = word
      case .mark(let mark) where mark == end && fields.isEmpty: return []
      case .some(let other): throw failure("a column name expected, found \(other)")
      case .none:
        throw failure(fields.isEmpty ? "no column is named" : "a column name expected at the end")
      }
      guard !name.isEmpty else { throw failure("a column name is empty") }
      guard names.insert(name).inserted else { throw failure("column \"\(name)\" is named twice") }
      _ = take(":")
      let type = try type(depth: depth)
      fields.append(Field(name, type, nullable: try nullability()))
      if fields.count > Limits.standard.columnsMax {
        throw LakeError(.limitExceeded, "more than \(Limits.standard.columnsMax) columns")
      }
      if take(",") { continue }
      if let end {
        try expect(end, "after column \"\(name)\"")
        return fields
      }
      if let extra = peek() { throw failure("\",\" expected before \(extra)") }
      return fields
    }
  }

  /// `not null`, `null` or nothing.
  private mutating func nullability() throws(LakeError) -> Bool {
    guard case .word(let word) = peek() else { return true }
    switch word.lowercased() {
    case "null":
      _ = next()
      return true
    case "not":
      _ = next()
      guard case .word(let second) = next(), second.lowercased() == "null" else {
        throw failure("\"null\" expected after \"not\"")
      }
      return false
    default: return true
    }
  }

  mutating func type(depth: Int) throws(LakeError) -> ColumnType {
    guard depth < Limits.standard.schemaDepthMax else {
      throw LakeError(
        .limitExceeded, "types nest deeper than \(Limits.standard.schemaDepthMax) levels",
        offset: tokenStart)
    }
    guard case .word(let word) = next() else { throw failure("a type expected") }
    let name = word.lowercased()
    if let simple = Self.simple[name] { return simple }
    switch name {
    case "decimal", "numeric", "dec": return try decimal()
    case "time": return .time(try unit() ?? .micro)
    case "timestamp", "timestamptz": return .timestamp(try unit() ?? .micro, utc: true)
    case "local_timestamp", "timestamp_ntz", "datetime":
      return .timestamp(try unit() ?? .micro, utc: false)
    case "fixed":
      try expect("(", "after \"fixed\"")
      let count = try number(1...(1 << 20))
      try expect(")", "after the size")
      return .fixedBinary(count)
    case "list", "array":
      try expect("<", "after \"\(word)\"")
      let element = try type(depth: depth + 1)
      let nullable = try nullability()
      try expect(">", "after the element type")
      return .list(Field("element", element, nullable: nullable))
    case "map":
      try expect("<", "after \"map\"")
      let key = try type(depth: depth + 1)
      _ = try nullability()
      try expect(",", "after the key type")
      let value = try type(depth: depth + 1)
      let nullable = try nullability()
      try expect(">", "after the value type")
      return .map(
        key: Field("key", key, nullable: false), value: Field("value", value, nullable: nullable))
    case "struct", "row":
      try expect("<", "after \"\(word)\"")
      return .structure(try fields(until: ">", depth: depth + 1))
    default: throw failure("there is no type \"\(word)\"")
    }
  }

  private mutating func number(_ allowed: ClosedRange<Int>) throws(LakeError) -> Int {
    guard case .number(let value) = next(), allowed.contains(value) else {
      throw failure("a number from \(allowed.lowerBound) to \(allowed.upperBound) expected")
    }
    return value
  }

  private mutating func decimal() throws(LakeError) -> ColumnType {
    guard take("(") else { return .decimal(precision: 10, scale: 0) }
    let precision = try number(1...38)
    let scale = take(",") ? try number(0...precision) : 0
    try expect(")", "after the digits")
    return .decimal(precision: precision, scale: scale)
  }

  private mutating func unit() throws(LakeError) -> TimeUnit? {
    guard take("(") else { return nil }
    let digits = try number(0...9)
    guard let unit = TimeUnit.allCases.first(where: { $0.digits == digits }) else {
      throw failure("0, 3, 6 or 9 fractional digits expected")
    }
    try expect(")", "after the digits")
    return unit
  }

  private static let simple: [String: ColumnType] = [
    "null": .null, "boolean": .bool, "bool": .bool,
    "tinyint": .int8, "int8": .int8, "smallint": .int16, "int16": .int16,
    "int": .int32, "integer": .int32, "int32": .int32,
    "bigint": .int64, "long": .int64, "int64": .int64,
    "utinyint": .uint8, "uint8": .uint8, "usmallint": .uint16, "uint16": .uint16,
    "uint": .uint32, "uint32": .uint32, "ubigint": .uint64, "uint64": .uint64,
    "half": .float16, "float16": .float16, "float": .float32, "real": .float32,
    "float32": .float32, "double": .float64, "float64": .float64,
    "date": .date, "string": .string, "varchar": .string, "text": .string,
    "binary": .binary, "bytes": .binary, "varbinary": .binary,
  ]
}
