// Spec: 16-command-line, 12-queries. `lake get`: rows by their keys.
import HudiMetadata
import HudiModel
import Lake
import LakeBase
import LakeColumns

extension CommandList {
  static let get = CommandSpec(
    "get", "rows by their keys",
    examples: [
      ("lake get orders 1042", "the row with this key"),
      ("lake get orders@^ 1042 1043 --meta", "two rows as they were one version before"),
    ],
    operands: "TABLE[@V] KEY…", count: 2...Int.max,
    options: [
      RowOptions.select, RowOptions.meta, RowOptions.out,
      .value("as-of", "V", "the version, in place of @V"), RowOptions.noSkipping,
    ],
    exits: [7, 8, 11, 12, 13], seeAlso: ["read", "explain"],
    notes: [
      "KEY is what the column _hoodie_record_key shows: the value of the key column, or "
        + "\"a:1,b:2\" where the key has several.",
      "Only the file groups that the record index names are read where the table has one; "
        + "elsewhere "
        + "key filters and statistics leave out what they can.",
      "Of a key that was inserted twice the record index names one row; --no-skipping finds both.",
      "Keys that no row has are named on standard error; where none has a row the exit status is "
        + "7.",
    ],
    run: { (session, arguments) throws(LakeError) in
      try GetCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake get`.
struct GetCommand {
  let session: Session
  let arguments: Arguments

  func run() throws(LakeError) -> Int32 {
    let delivery = try RowDelivery(session, arguments)
    let address = try TableAddress(
      arguments.operands[0], session, asOf: arguments.value("as-of"))
    let keys = Array(arguments.operands.dropFirst())
    var scan = try RowOptions.scan(session, arguments)
    // The key comes along, so that what is missing can be named.
    let hidden: KeyedRows.Hidden
    if let columns = scan.columns, columns.contains(MetaField.recordKey.name) {
      hidden = .nothing
    } else if let columns = scan.columns {
      scan.columns = columns + [MetaField.recordKey.name]
      hidden = .last
    } else {
      hidden = scan.includesMetaColumns ? .nothing : .meta
      scan.includesMetaColumns = true
    }
    let rows = try address.table.query(
      .get(keys: keys, asOf: address.version), QueryOptions(scan))
    let found = FoundKeys()
    let status = try delivery.run(KeyedRows(rows, hidden, found), nil)
    if session.output.readerIsGone { return status }
    let missing = keys.filter { !found.keys.contains(ExactText($0)) }
    if missing.count == keys.count {
      throw LakeError(
        .keyNotFound, missing.count == 1 ? "no row has the key" : "no row has any of the keys",
        hint: "lake read \(address.name) --select _hoodie_record_key --limit 5 shows how keys look",
        facts: [("key", missing.prefix(4).joined(separator: " "))])
    }
    for key in missing { session.output.note("no row has the key \(key)") }
    return status
  }
}

/// Which keys had rows.
private final class FoundKeys {
  var keys: Set<ExactText> = []
}

/// Rows without the key column that was asked for besides.
private struct KeyedRows: BatchSource {
  /// The columns that were not asked for.
  enum Hidden { case nothing, last, meta }

  let schema: Schema
  private var rows: any BatchSource
  private let kept: Range<Int>
  private let place: Int
  private let found: FoundKeys

  init(_ rows: any BatchSource, _ hidden: Hidden, _ found: FoundKeys) {
    self.rows = rows
    self.found = found
    let fields = rows.schema.fields
    switch hidden {
    case .nothing: kept = 0..<fields.count
    case .last: kept = 0..<fields.count - 1
    case .meta: kept = MetaField.fields.count..<fields.count
    }
    place = fields.lastIndex { $0.name == MetaField.recordKey.name } ?? 0
    schema = Schema(Array(fields[kept]))
  }

  mutating func next() throws(LakeError) -> RecordBatch? {
    guard let batch = try rows.next() else { return nil }
    let keys = batch.columns[place].decoded()
    for row in 0..<batch.count where !keys.isNull(row) {
      found.keys.insert(ExactText(keys.string(row)))
    }
    return RecordBatch(schema, Array(batch.columns[kept]), count: batch.count)
  }
}
