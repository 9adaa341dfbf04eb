// Compares decoded columns with golden answers in the spelling of the fixtures' README.
import LakeBase
import LakeColumns
import LakeParquet

/// Nil where `value` is what the golden says, else what differs.
func difference(_ value: Scalar, _ type: ColumnType, _ golden: JSONValue) -> String? {
  if golden.isNull { return value == .null ? nil : "\(value) where null is due" }
  switch (value, type) {
  case (.bool(let flag), _): return check(golden.bool == flag, value, golden)
  case (.int(let number), .date): return check(golden.string == dateText(number), value, golden)
  case (.int(let number), .timestamp(let unit, _)):
    let text = timestampText(number, unit)
    return check(golden.string == text || golden.string == text + "Z", value, golden)
  case (.int(let number), .time(let unit)):
    return check(golden.string == timeText(number, unit), value, golden)
  case (.int(let number), _): return check(golden.int64 == number, value, golden)
  case (.uint(let number), _): return check(golden == .number(String(number)), value, golden)
  case (.float(let number), _):
    return check(sameFloat(golden["f"]?.string ?? golden.string, Double(number)), value, golden)
  case (.double(let number), _):
    return check(sameFloat(golden["f"]?.string, number), value, golden)
  case (.decimal(let number), .decimal(_, let scale)):
    return check(golden.string == decimalText(number, scale), value, golden)
  case (.string(let text), _): return check(golden.string == text, value, golden)
  case (.binary(let bytes), _):
    return check(golden["x"]?.string == hexText(bytes), value, golden)
  case (.list(let items), .list(let element)):
    guard let wanted = golden.array, wanted.count == items.count else {
      return "\(value) \(golden)"
    }
    for (item, want) in zip(items, wanted) {
      if let text = difference(item, element.type, want) { return text }
    }
    return nil
  case (.map(let entries), .map(let key, let item)):
    guard let wanted = golden.array, wanted.count == entries.count else {
      return "\(value) \(golden)"
    }
    for (entry, want) in zip(entries, wanted) {
      guard let a = want[0], let b = want[1] else { return "\(golden) is no entry" }
      if let text = difference(entry.key, key.type, a) ?? difference(entry.value, item.type, b) {
        return text
      }
    }
    return nil
  case (.structure(let parts), .structure(let fields)):
    for (part, field) in zip(parts, fields) {
      guard let want = golden[field.name] else { return "\(field.name) is not in \(golden)" }
      if let text = difference(part, field.type, want) { return field.name + ": " + text }
    }
    return golden.object?.count == parts.count ? nil : "\(golden) has other fields"
  default: return "\(value) of type \(type) where \(golden) is due"
  }
}

private func check(_ same: Bool, _ value: Scalar, _ golden: JSONValue) -> String? {
  same ? nil : "\(value) where \(golden) is due"
}

private func sameFloat(_ text: String?, _ number: Double) -> Bool {
  guard let text, let wanted = Double(text) else { return false }
  return wanted.isNaN ? number.isNaN : wanted == number && wanted.sign == number.sign
}

private func hexText(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, width - text.count)) + text
}

/// Days to a civil date, by counting eras of 400 years.
func dateText(_ days: Int64) -> String {
  let shifted = days + 719_468
  let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
  let dayOfEra = shifted - era * 146_097
  let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
  let month = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * month + 2) / 5 + 1
  let civilMonth = month < 10 ? month + 3 : month - 9
  let civilYear = year + era * 400 + (civilMonth <= 2 ? 1 : 0)
  return padded(civilYear, 4) + "-" + padded(civilMonth, 2) + "-" + padded(day, 2)
}

func timestampText(_ ticks: Int64, _ unit: TimeUnit) -> String {
  let perSecond = unit.perSecond
  let seconds = ticks >= 0 ? ticks / perSecond : -((-(ticks + 1)) / perSecond) - 1
  let fraction = (ticks - seconds * perSecond) * (1_000_000_000 / perSecond) / 1000
  let days = seconds >= 0 ? seconds / 86_400 : -((-(seconds + 1)) / 86_400) - 1
  let clock = seconds - days * 86_400
  return dateText(days) + "T" + padded(clock / 3600, 2) + ":" + padded(clock / 60 % 60, 2) + ":"
    + padded(clock % 60, 2) + "." + padded(fraction, 6)
}

private func timeText(_ ticks: Int64, _ unit: TimeUnit) -> String {
  let text = timestampText(ticks, unit).split(separator: "T")[1]
  return text.hasSuffix(".000000") ? String(text.dropLast(7)) : String(text)
}

func decimalText(_ unscaled: Int128, _ scale: Int) -> String {
  let digits = String(unscaled.magnitude)
  let filled = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
  let sign = unscaled < 0 ? "-" : ""
  if scale == 0 { return sign + filled }
  return sign + filled.dropLast(scale) + "." + filled.suffix(scale)
}

/// All rows of a file, read with the given options.
func allBatches(
  _ bytes: [UInt8], _ options: ParquetReadOptions = .init()
) throws -> (file: ParquetFile, batches: [RecordBatch]) {
  let file = try ParquetFile(BufferSource(Buffer(bytes)), options)
  var source = try file.batches()
  var batches: [RecordBatch] = []
  while let batch = try source.next() { batches.append(batch) }
  return (file, batches)
}
