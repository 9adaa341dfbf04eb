// Spec: 14-text-rows. The columns of a text input: given, the table's, or inferred.
import LakeBase
import LakeColumns
import LakeText

/// Finds the columns of CSV and JSON inputs.
struct TextColumns {
  private let options: InputOptions
  private let world: World
  private let name: String

  init(_ options: InputOptions, _ world: World, _ name: String) {
    self.options = options
    self.world = world
    self.name = name
  }

  func csv(isTSV: Bool) -> CSVOptions {
    var csv = isTSV ? CSVOptions.tsv : CSVOptions()
    csv.header = options.header
    csv.nullWords = options.nullWords
    csv.decimals = options.decimals
    csv.zoneOffset = options.zoneOffset
    csv.missing = .omit
    csv.nullCodes = options.nullCodes
    csv.limits = world.limits
    csv.workers = world.workers
    return csv
  }

  func json() -> NDJSONOptions {
    var json = NDJSONOptions()
    json.zoneOffset = options.zoneOffset
    json.nullCodes = options.nullCodes
    json.limits = world.limits
    json.workers = world.workers
    return json
  }

  /// - Parameter open: gives the text from its beginning; `true` for the pass that reads the rows.
  func find(
    isJSON: Bool, isTSV: Bool, _ open: (Bool) throws(LakeError) -> any TextInput
  ) throws(LakeError) -> Schema {
    if let columns = options.columns {
      guard !isJSON && options.header else { return columns }
      let header = try header(isTSV, open)
      try requireKnown(header, columns)
      return Schema(columns.fields.filter { header.contains($0.name) })
    }
    if let table = options.table, let schema = try bySight(table, isJSON, isTSV, open) {
      return schema
    }
    let (schema, notes) = try infer(isJSON, isTSV, open)
    guard let table = options.table else {
      tell(notes)
      return schema
    }
    // No object, or only empty ones: nothing was seen that the table would not know.
    if schema.count == 0 { return table }
    tell(notes.filter { table.index(of: $0.column) == nil })
    return Schema(schema.fields.map { table[$0.name] ?? $0 })
  }

  /// The table's columns when the first look shows all of the input's columns to be among them; nil
  /// when the whole input has to be looked at.
  private func bySight(
    _ table: Schema, _ isJSON: Bool, _ isTSV: Bool,
    _ open: (Bool) throws(LakeError) -> any TextInput
  ) throws(LakeError) -> Schema? {
    if !isJSON {
      guard options.header else { return table }
      let header = try header(isTSV, open)
      guard header.allSatisfy({ table.index(of: $0) != nil }) else { return nil }
      return Schema(table.fields.filter { header.contains($0.name) })
    }
    let input = try open(false)
    guard let chunk = try input.next() else { return table }
    let seen = try? NDJSONInference.infer(ClosureText.once(wholeLines(chunk)), options: json())
    guard let names = seen?.schema.fields.map(\.name), Set(names) == Set(table.fields.map(\.name))
    else { return nil }
    return table
  }

  /// A chunk of lines without the line that its end cuts.
  private func wholeLines(_ chunk: Buffer) -> Buffer {
    var end = chunk.count
    while end > 0 && chunk[end - 1] != 0x0A { end -= 1 }
    return end == 0 ? chunk : chunk[0..<end]
  }

  private func header(
    _ isTSV: Bool, _ open: (Bool) throws(LakeError) -> any TextInput
  ) throws(LakeError) -> [String] {
    var csv = csv(isTSV: isTSV)
    csv.workers = Workers(width: 1)
    return try CSVHeader.names(try open(false), csv)
  }

  private func requireKnown(_ header: [String], _ columns: Schema) throws(LakeError) {
    for name in header where columns.index(of: name) == nil {
      throw LakeError(
        .inputColumnUnknown, "the input has a column \"\(name)\" that --columns does not list",
        hint: "columns: " + columns.fields.map(\.name).joined(separator: ", "))
    }
  }

  private func infer(
    _ isJSON: Bool, _ isTSV: Bool, _ open: (Bool) throws(LakeError) -> any TextInput
  ) throws(LakeError) -> (Schema, [InferenceNote]) {
    let text = try open(false)
    if isJSON {
      let found = try NDJSONInference.infer(text, options: json())
      return (found.schema, found.notes)
    }
    let found = try CSVInference.infer(text, options: csv(isTSV: isTSV))
    return (found.schema, found.notes)
  }

  private func tell(_ notes: [InferenceNote]) {
    if notes.isEmpty { return }
    world.journal.note(
      "\(name): columns "
        + notes.map { "\($0.column) \($0.type)" }.joined(separator: ", "))
    for note in notes { world.journal.decision("\(name): \(note)") }
  }
}
