// Rows as one text each, ours and those of the golden answers, in a spelling that both can be
// brought to: the values of fixtures/README.md, maps ordered by their entries.
import Lake
import LakeTestKit

/// How the columns of a table are compared.
struct RowSpelling {
  /// Columns that are compared, by name.
  let names: Set<String>
  /// Columns that the golden engine shows as text: `17` and `"17"` are one.
  let asText: Set<String>

  func texts(_ batches: [RecordBatch]) -> [String] {
    batches.flatMap { batch in
      let places = batch.schema.fields.indices
        .filter { names.contains(batch.schema.fields[$0].name) }
        .sorted { batch.schema.fields[$0].name < batch.schema.fields[$1].name }
      return (0..<batch.count).map { row in
        places.map { place in
          let field = batch.schema.fields[place]
          let value = text(batch.columns[place].scalar(row), field.type)
          return field.name + ": " + (asText.contains(field.name) ? bare(value) : value)
        }.joined(separator: ", ")
      }
    }
  }

  func text(_ golden: JSONValue, _ schema: Schema) -> String {
    let fields = schema.fields.filter { names.contains($0.name) }.sorted { $0.name < $1.name }
    return fields.map { field in
      guard let value = golden[field.name] else { return field.name + " is absent" }
      let spelled = text(value, field.type)
      return field.name + ": " + (asText.contains(field.name) ? bare(spelled) : spelled)
    }.joined(separator: ", ")
  }

  private func bare(_ text: String) -> String { text.filter { $0 != "\"" } }

  // MARK: Ours

  private func text(_ value: Scalar, _ type: ColumnType) -> String {
    switch (value, type) {
    case (.null, _): return "null"
    case (.bool(let flag), _): return flag ? "true" : "false"
    case (.int(let days), .date): return quoted(Civil.date(days))
    case (.int(let ticks), .timestamp(let unit, let utc)):
      return quoted(Civil.timestamp(ticks, unit) + (utc ? "Z" : ""))
    case (.int(let number), _): return String(number)
    case (.uint(let number), _): return String(number)
    case (.float(let number), _): return float(Double(number))
    case (.double(let number), _): return float(number)
    case (.decimal(let number), .decimal(_, let scale)):
      return quoted(Civil.decimal(number, scale))
    case (.string(let text), _): return quoted(text)
    case (.binary(let bytes), _):
      return "x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    case (.list(let items), .list(let element)):
      return "[" + items.map { text($0, element.type) }.joined(separator: ", ") + "]"
    case (.map(let entries), .map(let key, let item)):
      return map(entries.map { (text($0.key, key.type), text($0.value, item.type)) })
    case (.structure(let parts), .structure(let fields)):
      return structure(zip(fields, parts).map { ($0.name, text($1, $0.type)) })
    default: return "\(value) of type \(type)"
    }
  }

  // MARK: Golden

  private func text(_ golden: JSONValue, _ type: ColumnType) -> String {
    switch (golden, type) {
    case (.null, _): return "null"
    case (.bool(let flag), _): return flag ? "true" : "false"
    case (.number(let number), _): return number
    case (.string(let text), _): return quoted(text)
    case (.array(let items), .list(let element)):
      return "[" + items.map { text($0, element.type) }.joined(separator: ", ") + "]"
    case (.array(let entries), .map(let key, let item)):
      return map(entries.map { (text($0[0] ?? .null, key.type), text($0[1] ?? .null, item.type)) })
    case (.object(let members), .structure(let fields)):
      return structure(
        members.map { member in
          let field = fields.first { $0.name == member.name }
          return (member.name, field.map { text(member.value, $0.type) } ?? "unknown")
        })
    case (.object(let members), _) where members.count == 1:
      guard let text = members[0].value.string else { return "\(golden)" }
      if members[0].name == "f", let number = Double(text) { return float(number) }
      return members[0].name == "x" ? "x" + text : "\(golden)"
    default: return "\(golden)"
    }
  }

  // MARK: Both

  private func quoted(_ text: String) -> String { "\"" + text + "\"" }

  private func float(_ number: Double) -> String { number.isNaN ? "nan" : "\(number)" }

  private func map(_ entries: [(String, String)]) -> String {
    "{" + entries.map { $0.0 + " = " + $0.1 }.sorted().joined(separator: ", ") + "}"
  }

  private func structure(_ members: [(String, String)]) -> String {
    let sorted = members.sorted { $0.0 < $1.0 }
    return "(" + sorted.map { $0.0 + ": " + $0.1 }.joined(separator: ", ") + ")"
  }
}

/// Times and decimals as golden answers spell them, written without the code under test.
enum Civil {
  private static func padded(_ number: Int64, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  private static func floor(_ number: Int64, _ by: Int64) -> (quotient: Int64, rest: Int64) {
    let rest = ((number % by) + by) % by
    return ((number - rest) / by, rest)
  }

  /// Days since 1970 as a date, year by year.
  static func date(_ days: Int64) -> String {
    // The 400 years of the calendar repeat after 146097 days; 1600-03-01 is day -135080.
    let era = floor(days + 135_080, 146_097)
    var rest = era.rest
    var year = 1600 + 400 * era.quotient
    while true {
      // A year here begins in March, so that a leap day is its last day.
      let next = year + 1
      let isLeap =
        floor(next, 4).rest == 0 && (floor(next, 100).rest != 0 || floor(next, 400).rest == 0)
      let length: Int64 = isLeap ? 366 : 365
      if rest < length { break }
      rest -= length
      year += 1
    }
    var month: Int64 = 3
    for length: Int64 in [31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31] {
      if rest < length { break }
      rest -= length
      month += 1
    }
    if month > 12 {
      year += 1
      month -= 12
    }
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(rest + 1, 2)
  }

  /// With six digits of a second, whatever the unit.
  static func timestamp(_ ticks: Int64, _ unit: TimeUnit) -> String {
    let second = floor(ticks, unit.perSecond)
    let micros = second.rest * (1_000_000_000 / unit.perSecond) / 1_000
    let day = floor(second.quotient, 86_400)
    return date(day.quotient) + "T" + padded(day.rest / 3_600, 2) + ":"
      + padded(day.rest / 60 % 60, 2) + ":" + padded(day.rest % 60, 2) + "." + padded(micros, 6)
  }

  static func decimal(_ unscaled: Int128, _ scale: Int) -> String {
    let digits = String(unscaled.magnitude)
    let filled = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    let sign = unscaled < 0 ? "-" : ""
    if scale == 0 { return sign + filled }
    return sign + filled.dropLast(scale) + "." + filled.suffix(scale)
  }
}
