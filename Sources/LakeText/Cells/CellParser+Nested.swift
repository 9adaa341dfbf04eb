// Spec: 14-text-rows. Structs, lists and maps: the text of a value becomes a table of its own.
import LakeBase
import LakeColumns

extension CellParser {
  /// Objects to structs, arrays to lists, objects or arrays of pairs to maps.
  func nested(_ job: CellJob) throws(ParseFailure) -> CellJob.Parsed {
    guard job.isJSON else { return try nestedInCSV(job) }
    switch job.field.type {
    case .structure(let fields): return try structure(job, fields)
    case .list(let element): return try list(job, element)
    case .map(let key, let value): return try map(job, key, value)
    default: return (.nothing, nil)
    }
  }

  /// The fields of a CSV column hold JSON; without their quotes they become a column of JSON text.
  private func nestedInCSV(_ job: CellJob) throws(ParseFailure) -> CellJob.Parsed {
    let text = CellJob(
      field: Field(job.field.name, .string), table: job.table, index: job.index, parser: self)
    let (layout, nulls) = try text.strings()
    guard case .bytes(let offsets, let data) = layout else { return (layout, nulls) }
    let starts = offsets.pointer.assumingMemoryBound(to: Int32.self)
    // Position 0 is kept for absent values, so the text begins at 1.
    let copy = Memory(byteCount: data.count + 65)
    (copy.start + 1).copyMemory(from: data.pointer, byteCount: data.count)
    let shifted = Buffer(copy, count: data.count + 65)
    let base = shifted.pointer.assumingMemoryBound(to: UInt8.self)
    let entries = GrowingBuffer(capacity: job.table.rows * 8)
    for row in 0..<job.table.rows {
      if nulls?.isNull(row) == true || starts[row] == starts[row + 1] {
        entries.append(littleEndian: 0 as UInt64)
        continue
      }
      let scan = JSONScan(base, end: Int(starts[row + 1]) + 1, limits)
      var at = Int(starts[row]) + 1
      do throws(ParseFailure) {
        entries.append(littleEndian: try scan.value(&at))
        guard at == scan.end else { throw scan.unexpected(at, "the end of the field") }
      } catch {
        throw job.failure(row, "is not JSON: \(error.message)")
      }
    }
    let table = FieldTable(
      base: base, entries: entries.pointer.assumingMemoryBound(to: UInt64.self), width: 1,
      rows: job.table.rows, dialect: .json, owners: [shifted])
    defer { withExtendedLifetime((entries, shifted, offsets, data)) {} }
    do throws(ParseFailure) {
      return try nested(CellJob(field: job.field, table: table, index: 0, parser: self))
    } catch {
      // The position counts in the copy; the row it lies in tells the place in the input.
      var row = 0
      while row + 1 < job.table.rows && Int(starts[row + 1]) + 1 <= error.offset { row += 1 }
      var moved = error
      moved.offset = FieldTable.start(job.entry(row))
      throw moved
    }
  }

  private func scan(_ job: CellJob, _ entry: UInt64) -> JSONScan {
    JSONScan(job.table.base, end: FieldTable.end(entry), limits)
  }

  private func isNested(_ job: CellJob, _ entry: UInt64, _ bracket: UInt8) -> Bool {
    !FieldTable.isQuoted(entry) && job.table.base[FieldTable.start(entry)] == bracket
  }

  private func isNull(_ entry: UInt64) -> Bool {
    !FieldTable.isQuoted(entry) && FieldTable.start(entry) == FieldTable.end(entry)
  }

  private func child(
    _ job: CellJob, _ entries: GrowingBuffer, width: Int, rows: Int
  ) -> FieldTable {
    FieldTable(
      base: job.table.base, entries: entries.pointer.assumingMemoryBound(to: UInt64.self),
      width: width, rows: rows, dialect: .json, owners: job.table.owners)
  }

  private func structure(
    _ job: CellJob, _ fields: [Field]
  ) throws(ParseFailure) -> CellJob.Parsed {
    let rows = job.table.rows
    let width = fields.count
    let entries = GrowingBuffer(capacity: rows * width * 8 + 8)
    (entries.pointer).initializeMemory(as: UInt8.self, repeating: 0, count: rows * width * 8)
    entries.setCount(rows * width * 8)
    let names = JSONNames(fields)
    var nulls = NullRows(rows)
    let out = entries.pointer.assumingMemoryBound(to: UInt64.self)
    for row in 0..<rows {
      let entry = job.entry(row)
      if isNull(entry) {
        nulls.insert(row)
        continue
      }
      guard isNested(job, entry, 0x7B) else { throw job.failure(row) }
      var at = FieldTable.start(entry)
      try names.object(scan(job, entry), &at, into: out + row * width)
    }
    let table = child(job, entries, width: width, rows: rows)
    var columns: [Column] = []
    for (index, field) in fields.enumerated() {
      columns.append(try column(field, table, index, outer: nulls))
    }
    withExtendedLifetime(entries) {}
    return (.structure(columns), nulls)
  }

  private func list(_ job: CellJob, _ element: Field) throws(ParseFailure) -> CellJob.Parsed {
    let entries = GrowingBuffer()
    let (offsets, nulls) = try items(job) { (scan: JSONScan, at: inout Int) throws(ParseFailure) in
      var many = 0
      try scan.items(&at) { (item: UInt64) throws(ParseFailure) in
        entries.append(littleEndian: item)
        many += 1
      }
      return many
    }
    let table = child(job, entries, width: 1, rows: entries.count / 8)
    let values = try column(element, table, 0)
    withExtendedLifetime(entries) {}
    return (.list(offsets: offsets, child: values), nulls)
  }

  private func map(
    _ job: CellJob, _ key: Field, _ value: Field
  ) throws(ParseFailure) -> CellJob.Parsed {
    let entries = GrowingBuffer()
    let (offsets, nulls) = try items(job) { (scan: JSONScan, at: inout Int) throws(ParseFailure) in
      var many = 0
      if scan.base[at] == 0x7B {
        try scan.members(&at) { (name: UInt64, member: UInt64) throws(ParseFailure) in
          entries.append(littleEndian: name)
          entries.append(littleEndian: member)
          many += 1
        }
        return many
      }
      try scan.items(&at) { (pair: UInt64) throws(ParseFailure) in
        var inner = FieldTable.start(pair)
        var parts = 0
        guard !FieldTable.isQuoted(pair), scan.base[inner] == 0x5B else {
          throw scan.unexpected(inner, "a pair [key, value]")
        }
        try scan.items(&inner) { (part: UInt64) throws(ParseFailure) in
          if parts < 2 { entries.append(littleEndian: part) }
          parts += 1
        }
        guard parts == 2 else {
          throw ParseFailure(
            message: "a pair [key, value] has \(parts) items", offset: FieldTable.start(pair),
            column: job.field.name)
        }
        many += 1
      }
      return many
    }
    let table = child(job, entries, width: 2, rows: entries.count / 16)
    let pairs = [try column(key, table, 0), try column(value, table, 1)]
    withExtendedLifetime(entries) {}
    let entryType = ColumnType.mapEntries(key: key, value: value).type
    let both = Column(entryType, count: table.rows, layout: .structure(pairs))
    return (.list(offsets: offsets, child: both), nulls)
  }

  /// Offsets of what `read` found in the array (or object, for maps) of every row.
  private func items(
    _ job: CellJob, _ read: (JSONScan, inout Int) throws(ParseFailure) -> Int
  ) throws(ParseFailure) -> (Buffer, NullRows) {
    let rows = job.table.rows
    let memory = Memory(byteCount: (rows + 1) * 4)
    let offsets = memory.start.assumingMemoryBound(to: Int32.self)
    var nulls = NullRows(rows)
    var isMap = false
    if case .map = job.field.type { isMap = true }
    offsets[0] = 0
    for row in 0..<rows {
      let entry = job.entry(row)
      offsets[row + 1] = offsets[row]
      if isNull(entry) {
        nulls.insert(row)
        continue
      }
      guard isNested(job, entry, 0x5B) || (isMap && isNested(job, entry, 0x7B)) else {
        throw job.failure(row)
      }
      var at = FieldTable.start(entry)
      offsets[row + 1] += Int32(truncatingIfNeeded: try read(scan(job, entry), &at))
    }
    return (Buffer(memory, count: (rows + 1) * 4), nulls)
  }
}
