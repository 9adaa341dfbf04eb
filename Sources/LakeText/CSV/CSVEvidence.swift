// Spec: 14-text-rows. What the values of one CSV column have in common.
import LakeBase
import LakeColumns

/// Types that every value seen so far could have. Evidence of parts of a file is merged.
struct CSVEvidence: Sendable {
  struct Kinds: OptionSet {
    let rawValue: UInt8
    static let bool = Kinds(rawValue: 1)
    static let int = Kinds(rawValue: 2)
    static let decimal = Kinds(rawValue: 4)
    static let double = Kinds(rawValue: 8)
    static let date = Kinds(rawValue: 16)
    static let instant = Kinds(rawValue: 32)
    static let local = Kinds(rawValue: 64)
    static let all = Kinds(rawValue: 127)
  }

  var kinds = Kinds.all
  var values = 0
  /// Decimals of every value; -1 before the first, -2 when they differ.
  var scale = -1
  var wholeDigits = 1
  /// Most digits of a second's fraction.
  var fraction = 0
  var first: Witness?
  /// The value after which no type but text was left.
  var breaker: Witness?

  /// Looks at the fields of one column.
  mutating func look(_ chunk: RecordChunk, _ table: FieldTable, _ index: Int, _ parser: CellParser)
  {
    var cell = table.entries + index
    for _ in 0..<table.rows {
      let entry = cell.pointee
      cell += table.width
      let start = FieldTable.start(entry)
      let count = FieldTable.end(entry) &- start
      let text = table.base + start
      if FieldTable.isQuoted(entry) ? count == 0 : parser.isNullWord(text, count) { continue }
      values &+= 1
      if first == nil { first = Witness(chunk, start, start + count) }
      if kinds.isEmpty { continue }
      kinds.formIntersection(classify(text, count))
      if kinds.isEmpty { breaker = Witness(chunk, start, start + count) }
    }
  }

  /// The types a text could have; widens scale and digits.
  @inline(__always)
  private mutating func classify(_ text: UnsafePointer<UInt8>, _ count: Int) -> Kinds {
    let lead = text[0]
    if lead &- 0x30 <= 9 || lead == 0x2D || lead == 0x2E { return number(text, count) }
    return word(text, count)
  }

  @inline(never)
  private func word(_ text: UnsafePointer<UInt8>, _ count: Int) -> Kinds {
    if ValueText.bool(text, count) != nil { return .bool }
    return ValueText.double(text, count) != nil ? .double : []
  }

  @inline(__always)
  private mutating func number(_ text: UnsafePointer<UInt8>, _ count: Int) -> Kinds {
    let sign = text[0] == 0x2D ? 1 : 0
    var at = sign
    while at < count && text[at] &- 0x30 <= 9 { at &+= 1 }
    let digits = at &- sign
    let leadsWithZero = digits > 1 && text[sign] == 0x30
    if at == count {
      if digits == 0 || leadsWithZero || digits > 18 { return [] }
      note(digits, 0)
      if sign == 1 && digits == 1 && text[1] == 0x30 { return [.double] }
      return [.int, .decimal, .double]
    }
    return longNumber(text, count, at, digits, leadsWithZero)
  }

  private mutating func longNumber(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ point: Int, _ digits: Int, _ leadsWithZero: Bool
  ) -> Kinds {
    if text[point] == 0x2D || text[0] == 0x2D && text[point] != 0x2E && text[point] | 0x20 != 0x65 {
      return moment(text, count)
    }
    if leadsWithZero || digits > 18 { return [] }
    if text[point] == 0x2E {
      var at = point &+ 1
      while at < count && text[at] &- 0x30 <= 9 { at &+= 1 }
      if at == count && digits > 0 && at > point &+ 1 {
        note(digits, at &- point &- 1)
        return [.decimal, .double]
      }
    }
    return ValueText.double(text, count) != nil ? .double : []
  }

  private mutating func moment(_ text: UnsafePointer<UInt8>, _ count: Int) -> Kinds {
    if ValueText.date(text, count) != nil { return .date }
    guard let moment = ValueText.timestamp(text, count) else { return [] }
    fraction = Swift.max(fraction, Int(moment.digits))
    return moment.isZoned ? .instant : .local
  }

  @inline(__always)
  private mutating func note(_ digits: Int, _ decimals: Int) {
    if digits > wholeDigits { wholeDigits = digits }
    if scale == decimals { return }
    scale = scale == -1 ? decimals : -2
  }

  /// Adds what was found in a later part.
  mutating func merge(_ later: CSVEvidence) {
    let before = kinds
    kinds.formIntersection(later.kinds)
    if kinds.isEmpty && !before.isEmpty { breaker = later.breaker ?? later.first }
    if later.scale != -1 { scale = scale == -1 || scale == later.scale ? later.scale : -2 }
    wholeDigits = Swift.max(wholeDigits, later.wholeDigits)
    fraction = Swift.max(fraction, later.fraction)
    values += later.values
    first = first ?? later.first
  }

  /// The type, and why.
  func conclusion(decimals: Bool) -> (ColumnType, String) {
    if values == 0 { return (.string, "no values") }
    let seen = values == 1 ? "1 value" : "\(values) values"
    if kinds.isEmpty {
      return (.string, breaker.map(\.shown) ?? seen)
    }
    if kinds.contains(.bool) { return (.bool, seen) }
    if kinds.contains(.int) { return (.int64, seen) }
    if decimals && kinds.contains(.decimal) && scale >= 0 && wholeDigits + scale <= 38 {
      return (.decimal(precision: wholeDigits + scale, scale: scale), seen)
    }
    if kinds.contains(.double) { return (.float64, seen) }
    if kinds.contains(.date) { return (.date, seen) }
    let unit = fraction > 6 ? TimeUnit.nano : .micro
    return (.timestamp(unit, utc: kinds.contains(.instant)), seen)
  }
}
