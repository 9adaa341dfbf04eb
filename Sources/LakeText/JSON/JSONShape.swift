// Spec: 14-text-rows. What the values of one JSON field have in common.
import LakeBase
import LakeColumns

/// Kinds of values seen at one place, with the shapes of what lies inside. Shapes of parts are
/// merged.
struct JSONShape: Sendable {
  enum Kind: Int, CaseIterable, Sendable {
    case bool, int, double, string, object, list

    var shown: String {
      switch self {
      case .bool: "true or false"
      case .int: "a whole number"
      case .double: "a number"
      case .string: "text"
      case .object: "an object"
      case .list: "an array"
      }
    }
  }

  /// The first value of each kind.
  private(set) var first = [Witness?](repeating: nil, count: Kind.allCases.count)
  private(set) var values = 0
  /// The first whole number beyond 64 bits.
  private(set) var tooLarge: Witness?
  private(set) var names: [[UInt8]] = []
  private(set) var fields: [JSONShape] = []
  private var places: [[UInt8]: Int] = [:]
  /// For each field the number of the last object that had it.
  private var lastSeen: [Int] = []
  private var objects = 0
  /// The shape of all items of all arrays; none or one.
  private(set) var items: [JSONShape] = []

  /// Adds the value of an entry.
  mutating func add(
    _ entry: UInt64, _ scan: JSONScan, _ chunk: RecordChunk, depth: Int
  ) throws(ParseFailure) {
    let start = FieldTable.start(entry)
    let end = FieldTable.end(entry)
    if FieldTable.isQuoted(entry) { return see(.string, chunk, start, end) }
    if start == end { return }
    switch scan.base[start] {
    case 0x74, 0x66: see(.bool, chunk, start, end)
    case 0x7B, 0x5B:
      let limits = Limits.standard
      guard depth < limits.schemaDepthMax else {
        throw ParseFailure(
          code: .limitExceeded, message: "values nest deeper than \(limits.schemaDepthMax) levels",
          offset: start)
      }
      var at = start
      if scan.base[start] == 0x7B {
        see(.object, chunk, start, end)
        try addObject(scan, &at, chunk, depth: depth)
      } else {
        see(.list, chunk, start, end)
        if items.isEmpty { items.append(JSONShape()) }
        try scan.items(&at) { (item: UInt64) throws(ParseFailure) in
          try items[0].add(item, scan, chunk, depth: depth + 1)
        }
      }
    default: addNumber(scan.base + start, start, end, chunk)
    }
  }

  private mutating func addNumber(
    _ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ chunk: RecordChunk
  ) {
    var at = 0
    let count = end &- start
    if text[0] == 0x2D { at = 1 }
    while at < count && text[at] &- 0x30 <= 9 { at &+= 1 }
    if at < count { return see(.double, chunk, start, end) }
    if count > 18 && tooLarge == nil && ValueText.int64(text, count) == nil {
      tooLarge = Witness(chunk, start, end)
    }
    see(.int, chunk, start, end)
  }

  @inline(__always)
  private mutating func see(_ kind: Kind, _ chunk: RecordChunk, _ start: Int, _ end: Int) {
    values &+= 1
    if first[kind.rawValue] == nil { first[kind.rawValue] = Witness(chunk, start, end) }
  }

  /// Adds the members of the object at `at`.
  mutating func addObject(
    _ scan: JSONScan, _ at: inout Int, _ chunk: RecordChunk, depth: Int
  ) throws(ParseFailure) {
    objects &+= 1
    var member = 0
    try scan.members(&at) { (name: UInt64, value: UInt64) throws(ParseFailure) in
      let place = try place(member, name, scan)
      member &+= 1
      if lastSeen[place] == objects {
        throw ParseFailure(
          message: "the name \"\(String(decoding: names[place], as: UTF8.self))\" is there twice"
            + " in one object", offset: FieldTable.start(name))
      }
      lastSeen[place] = objects
      try fields[place].add(value, scan, chunk, depth: depth + 1)
    }
  }

  private mutating func place(
    _ member: Int, _ name: UInt64, _ scan: JSONScan
  ) throws(ParseFailure) -> Int {
    let start = FieldTable.start(name)
    let count = FieldTable.end(name) &- start
    if member < names.count && !FieldTable.isEscaped(name) && names[member].count == count {
      let isSame = names[member].withUnsafeBufferPointer {
        compareBytes($0.baseAddress, count, scan.base + start, count) == 0
      }
      if isSame { return member }
    }
    let bytes =
      FieldTable.isEscaped(name)
      ? try JSONNames.unescaped(scan, start, count)
      : Array(UnsafeBufferPointer(start: scan.base + start, count: count))
    if let known = places[bytes] { return known }
    guard names.count < Limits.standard.columnsMax else {
      throw ParseFailure(
        code: .limitExceeded, message: "more than \(Limits.standard.columnsMax) names",
        offset: start)
    }
    return append(bytes)
  }

  private mutating func append(_ name: [UInt8]) -> Int {
    places[name] = names.count
    names.append(name)
    fields.append(JSONShape())
    lastSeen.append(0)
    return names.count - 1
  }

  /// Adds what was found in a later part.
  mutating func merge(_ later: JSONShape) {
    values += later.values
    for kind in first.indices { first[kind] = first[kind] ?? later.first[kind] }
    tooLarge = tooLarge ?? later.tooLarge
    for (name, field) in zip(later.names, later.fields) {
      let place = places[name] ?? append(name)
      fields[place].merge(field)
    }
    guard let item = later.items.first else { return }
    if items.isEmpty { items.append(JSONShape()) }
    items[0].merge(item)
  }

  /// The type, and why. Throws `inputValueInvalid` when the kinds do not go together.
  func conclusion(_ path: String) throws(LakeError) -> (ColumnType, String) {
    let kinds = Kind.allCases.filter { first[$0.rawValue] != nil }
    let seen = values == 1 ? "1 value" : "\(values) values"
    let isNumber = kinds.allSatisfy { $0 == .int || $0 == .double }
    if kinds.isEmpty { return (.string, "no values") }
    if kinds.contains(.string) && kinds.allSatisfy({ $0.rawValue >= 1 && $0.rawValue <= 3 }) {
      let other = kinds.first { $0 != .string }.flatMap { first[$0.rawValue] }
      return (.string, other.map { "text and numbers: \($0.shown)" } ?? seen)
    }
    if isNumber {
      if let tooLarge {
        throw LakeError(
          .inputValueInvalid,
          "line \(tooLarge.line), field \"\(path)\": \(tooLarge.text) is beyond 64 bits",
          hint: "give its type: --columns \"\(path) decimal(38,0), …\" or string",
          facts: [("line", "\(tooLarge.line)"), ("column", path), ("value", tooLarge.text)])
      }
      return kinds == [.int] ? (.int64, seen) : (.float64, seen)
    }
    guard kinds.count == 1 else { throw conflict(path, kinds) }
    switch kinds[0] {
    case .bool: return (.bool, seen)
    case .object: return (try structure(path), seen)
    case .list:
      let element = try items.first?.conclusion(path + "[]").0 ?? .string
      return (.list(Field("element", element)), seen)
    default: return (.string, seen)
    }
  }

  private func conflict(_ path: String, _ kinds: [Kind]) -> LakeError {
    var parts: [String] = []
    var lines: [Int] = []
    for kind in kinds {
      guard let witness = first[kind.rawValue] else { continue }
      parts.append("\(kind.shown) in line \(witness.line)")
      lines.append(witness.line)
    }
    return LakeError(
      .inputValueInvalid, "field \"\(path)\" is " + parts.joined(separator: " and "),
      hint: "give the types: --columns \"\(path) string, …\"",
      facts: [("line", "\(lines.max() ?? 0)"), ("column", path)])
  }

  private func structure(_ path: String) throws(LakeError) -> ColumnType {
    var inner: [Field] = []
    for (name, shape) in zip(names, fields) {
      let text = String(decoding: name, as: UTF8.self)
      inner.append(Field(text, try shape.conclusion(path + "." + text).0))
    }
    return .structure(inner)
  }
}
