// Spec: 16-command-line. `lake log`: what happened to a table.
import HudiModel
import Lake
import LakeBase

extension CommandList {
  static let log = CommandSpec(
    "log", "what happened to a table, newest first",
    examples: [
      ("lake log orders", "every action that is still on the timeline"),
      ("lake log orders --archived --json", "the whole history, for a program"),
      ("lake log orders --op upsert,delete --limit 5", "the last five changes of rows"),
    ],
    operands: "TABLE", count: 1...1,
    options: [
      .value("op", "OP[,OP]", repeats: true, "only these operations or actions"),
      .flag("archived", "those as well that have left the active timeline"),
      .value("since", "V", "only instants from this one or this time on"),
      .value("limit", "N", "at most so many"),
    ],
    exits: [7, 8, 12], seeAlso: ["read", "describe", "files"],
    run: { (session, arguments) throws(LakeError) in
      try LogCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake log`.
struct LogCommand {
  let session: Session
  let arguments: Arguments

  private var showsArchived: Bool { arguments.has("archived") }

  func run() throws(LakeError) -> Int32 {
    let address = try TableAddress(
      arguments.operands[0], session, asOf: arguments.value("since"))
    let operations = try arguments.list("op")
    let since = try address.version.map { (text) throws(LakeError) in
      try address.table.instant(text)
    }
    let limit = try arguments.value("limit").map { (text) throws(LakeError) in
      try Units.number(text, "limit", 0...Int.max)
    }
    var entries: [LogEntry] = []
    for entry in try address.table.log(includesArchived: showsArchived) {
      if let limit, entries.count >= limit { break }
      if let since, entry.instant.requested < since { continue }
      if !operations.isEmpty, !operations.contains(Self.operation(entry)),
        !operations.contains(entry.instant.action.rawValue)
      {
        continue
      }
      entries.append(entry)
    }
    try show(entries, address)
    return 0
  }

  private static func operation(_ entry: LogEntry) -> String {
    entry.operation?.rawValue.lowercased() ?? entry.instant.action.rawValue
  }

  private func show(_ entries: [LogEntry], _ address: TableAddress) throws(LakeError) {
    let output = session.output
    let isPage = output.format == .table && !output.isJSON
    var columns: [Listing.Column] = [
      .left("instant"), .left("completion"), .left("action"), .left("state"), .left("operation"),
      .right("inserted"), .right("updated"), .right("deleted"), .right("files"), .right("bytes"),
      .left("author"), .left("message"), .left("archived"),
    ]
    var left: Set<String> = showsArchived ? [] : ["archived"]
    if isPage {
      left.insert("author")
      if entries.allSatisfy({ $0.instant.isCompleted }) { left.formUnion(["state", "action"]) }
    }
    let kept = columns.indices.filter { !left.contains(columns[$0].name) }
    columns = kept.map { columns[$0] }
    var listing = Listing("instant", columns)
    let isUTC = address.table.config.isUTC
    for entry in entries {
      let cells = cells(entry, isUTC)
      listing.rows.append(kept.map { cells[$0] })
    }
    if isPage && entries.isEmpty {
      return try output.line("no commit yet: lake commit \(HumanText.safe(address.name)) FILE…")
    }
    let summary: JSONFields = [
      ("table", .text(address.name)), ("instants", .int(entries.count)),
    ]
    try output.listing(listing, summary: summary)
  }

  private func cells(_ entry: LogEntry, _ isUTC: Bool) -> [Cell] {
    let instant = entry.instant
    let totals = entry.totals
    func number(_ value: Int64?) -> Cell { .count(value.map { Int(clamping: $0) }) }
    return [
      .text(instant.requested.text), .completion(instant.completed, isUTC, session.zone),
      .text(instant.action.rawValue), .text(instant.state.description),
      .text(entry.operation?.rawValue.lowercased()), number(totals?.inserts),
      number(totals?.updates), number(totals?.deletes), .count(totals?.files),
      totals.map { .bytes(Int(clamping: $0.bytes)) } ?? .absent, .text(entry.author),
      .text(entry.message), .bool(entry.isArchived),
    ]
  }
}
