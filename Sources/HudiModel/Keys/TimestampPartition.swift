// Spec: 11-keys-and-indexes. The timestamp key generator: numbers and texts to formatted times.
import LakeBase
import LakeColumns

/// Turns values of one column into the text of a formatted time. [KEY-8]
struct TimestampPartition: Sendable {
  /// What the column's values mean.
  private enum Meaning: Sendable, Hashable {
    /// Numbers that count units of `numerator`/`denominator` milliseconds.
    case number(numerator: Int64, denominator: Int64)
    case text
  }

  private let meaning: Meaning?
  private let input: [TimePattern]
  private let output: TimePattern
  /// Milliseconds; nil: a text's own offset, else UTC.
  private let inputOffset: Int64?
  private let outputOffset: Int64?

  init(_ config: TableConfig) throws(LakeError) {
    func setting(_ name: String) -> String? {
      let value =
        config[TableConfig.Key.timebasedPrefix + name]
        ?? config[TableConfig.Key.timebasedOldPrefix + name]
      return value.flatMap { $0.isEmpty ? nil : $0 }
    }
    guard let format = setting("output.dateformat") else {
      throw LakeError(
        .tableFeatureUnsupported, "the timestamp key generator has no output.dateformat")
    }
    output = try TimePattern(format)
    let delimiter = setting("input.dateformat.list.delimiter.regex") ?? ","
    guard delimiter.utf8.count == 1, !"\\^$.|?*+()[]{}".contains(delimiter) else {
      throw LakeError(
        .tableFeatureUnsupported,
        "the delimiter \(delimiter.debugDescription) is a regular expression")
    }
    var patterns: [TimePattern] = []
    for text in (setting("input.dateformat") ?? "").split(separator: delimiter) {
      patterns.append(try TimePattern(text.trimmingSpaces()))
    }
    input = patterns
    let both = try setting("timezone").map { text throws(LakeError) in try FixedZone.offset(text) }
    let ownInput = try setting("input.timezone").map { text throws(LakeError) in
      try FixedZone.offset(text)
    }
    let ownOutput = try setting("output.timezone").map { text throws(LakeError) in
      try FixedZone.offset(text)
    }
    inputOffset = both ?? ownInput
    outputOffset = both ?? ownOutput
    meaning = try Self.meaning(
      setting("timestamp.type"), unit: setting("timestamp.scalar.time.unit"),
      hasPatterns: !patterns.isEmpty)
  }

  private static func meaning(
    _ type: String?, unit: String?, hasPatterns: Bool
  ) throws(LakeError) -> Meaning? {
    switch type?.uppercased() {
    case "UNIX_TIMESTAMP": return .number(numerator: 1000, denominator: 1)
    case "EPOCHMILLISECONDS": return .number(numerator: 1, denominator: 1)
    case "EPOCHMICROSECONDS": return .number(numerator: 1, denominator: 1000)
    case "DATE_STRING", "MIXED": return .text
    case "SCALAR":
      switch unit?.uppercased() ?? "SECONDS" {
      case "NANOSECONDS": return .number(numerator: 1, denominator: 1_000_000)
      case "MICROSECONDS": return .number(numerator: 1, denominator: 1000)
      case "MILLISECONDS": return .number(numerator: 1, denominator: 1)
      case "SECONDS": return .number(numerator: 1000, denominator: 1)
      case "MINUTES": return .number(numerator: 60_000, denominator: 1)
      case "HOURS": return .number(numerator: 3_600_000, denominator: 1)
      case "DAYS": return .number(numerator: 86_400_000, denominator: 1)
      default: break
      }
    // Tables of version 6 leave the type out: patterns for texts tell it.
    case nil: if hasPatterns { return .text }
    default: break
    }
    throw LakeError(
      .tableFeatureUnsupported,
      "the timestamp key generator's type \(type ?? "(none)"), unit \(unit ?? "(none)") is not "
          + "known"
    )
  }

  /// The formatted time of every row; null stands for the first tick of the unit.
  func texts(of column: Column, named name: String, firstRow: Int) throws(LakeError) -> Column {
    let rows: [Int32]
    let distinct: [String]
    switch meaning {
    case .number(let numerator, let denominator):
      guard let numbers = KeyText.wholeNumbers(column) else {
        throw LakeError(
          .typeUnsupported, "the partition column \(name) is \(column.type), not a number")
      }
      (rows, distinct) = try formatted(
        numbers, column, numerator, denominator, firstRow)
    default: (rows, distinct) = try parsed(column, name, firstRow)
    }
    let values = Column.texts(distinct)
    return values.take(rows)
  }

  private func formatted(
    _ numbers: [Int64], _ column: Column, _ numerator: Int64, _ denominator: Int64, _ firstRow: Int
  ) throws(LakeError) -> ([Int32], [String]) {
    var texts: [String] = []
    var known: [Int64: Int32] = [:]
    var codes: [Int32] = []
    codes.reserveCapacity(numbers.count)
    let offset = outputOffset ?? 0
    let grain = output.grain
    var last: (slot: Int64, code: Int32)?
    for (row, number) in numbers.enumerated() {
      let value = column.isNull(row) ? 1 : number
      let (ticks, overflow) = value.multipliedReportingOverflow(by: numerator)
      let (civil, overflow2) = floorDivide(ticks, denominator).addingReportingOverflow(offset)
      if overflow || overflow2 { throw Self.outside(row + firstRow) }
      let slot = floorDivide(civil, grain)
      if let last, last.slot == slot {
        codes.append(last.code)
        continue
      }
      let code: Int32
      if let found = known[slot] {
        code = found
      } else {
        code = Int32(texts.count)
        guard let text = output.text(civil, offset: offset) else {
          throw Self.outside(row + firstRow)
        }
        texts.append(text)
        known[slot] = code
      }
      last = (slot, code)
      codes.append(code)
    }
    return (codes, texts)
  }

  private func parsed(
    _ column: Column, _ name: String, _ firstRow: Int
  ) throws(LakeError) -> ([Int32], [String]) {
    guard column.type == .string else {
      throw LakeError(.typeUnsupported, "the partition column \(name) is \(column.type), not text")
    }
    let plain = column.decoded()
    let values = KeyTable(capacity: 64).insert(plain)
    var texts: [String] = []
    var nullCode: Int32?
    var codeOfEntry: [Int32] = []
    var codes: [Int32] = []
    codes.reserveCapacity(plain.count)
    for (row, entry) in values.enumerated() {
      if entry < 0 {
        if nullCode == nil {
          nullCode = Int32(texts.count)
          texts.append(output.text(1 + (outputOffset ?? 0), offset: outputOffset ?? 0) ?? "")
        }
        codes.append(nullCode ?? 0)
        continue
      }
      if Int(entry) == codeOfEntry.count {
        codeOfEntry.append(Int32(texts.count))
        texts.append(try formatted(plain.string(row), row + firstRow, name))
      }
      codes.append(codeOfEntry[Int(entry)])
    }
    return (codes, texts)
  }

  private func formatted(_ text: String, _ row: Int, _ name: String) throws(LakeError) -> String {
    for pattern in input {
      guard let found = pattern.parse(text) else { continue }
      let written = found.offset ?? inputOffset ?? 0
      let utc = found.civil - written
      let shown = outputOffset ?? written
      if let result = output.text(utc + shown, offset: shown) { return result }
    }
    throw LakeError(
      .partitionInvalid,
      "row \(row): \(text.debugDescription) in \(name) has none of the table's date formats",
      facts: [("row", String(row))])
  }

  private static func outside(_ row: Int) -> LakeError {
    LakeError(
      .partitionInvalid, "row \(row): the time lies outside the calendar",
      facts: [("row", String(row))])
  }
}

/// Division that rounds towards negative infinity.
func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor != 0 && (value < 0) != (divisor < 0) ? quotient - 1 : quotient
}

extension Column {
  /// A string column of a few texts.
  static func texts(_ values: [String]) -> Column {
    let offsets = GrowingBuffer(capacity: (values.count + 1) * 4)
    let data = GrowingBuffer()
    offsets.append(littleEndian: UInt32(0))
    for value in values {
      data.append(utf8: value)
      offsets.append(littleEndian: UInt32(data.count))
    }
    return Column(
      .string, count: values.count, layout: .bytes(offsets: offsets.take(), data: data.take()))
  }
}
