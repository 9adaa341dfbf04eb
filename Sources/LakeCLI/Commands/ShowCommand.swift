// Spec: 16-command-line. `lake show`: one instant with everything it says.
import HudiModel
import Lake
import LakeBase

extension CommandList {
  static let show = CommandSpec(
    "show", "one instant: what it did, its files, its plan, its notes",
    examples: [
      ("lake show orders 20260301102002311", "one commit"),
      (
        "lake show orders ^ --json", "the commit before the newest, metadata and all, for a program"
      ),
    ],
    operands: "TABLE INSTANT", count: 2...2,
    exits: [7, 8, 12], seeAlso: ["log", "files", "inspect"],
    notes: [
      "INSTANT is the requested time or an unambiguous beginning of it, of any action and state; a "
        + "time with a zone, -2h, ^ mean the newest commit that is not later. Instants that have "
        + "left the timeline are found in the archive.",
      "A file's role: base, log, cdc (written), planned, replaced (the group), input (of a plan), "
        + "delete (planned), deleted, failed, rollback, keep (by a savepoint), index.",
    ],
    run: { (session, arguments) throws(LakeError) in
      try ShowCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake show`.
struct ShowCommand {
  let session: Session
  let arguments: Arguments

  func run() throws(LakeError) -> Int32 {
    let name = arguments.operands[0]
    let table = try session.openTable(name)
    let found = try table.show(try TableAddress.zoned(arguments.operands[1], session))
    let output = session.output
    var files = 0
    for (index, details) in found.enumerated() {
      let page = page(details, table)
      let listing = listing(details)
      files += listing.rows.count
      if output.isJSON {
        try output.object("instant", page.fields)
        for content in details.contents {
          try output.object(
            "content",
            [("state", .text(content.state.description)), ("content", content.tree)])
        }
        for fields in listing.objects { try output.object(listing.type, fields) }
        continue
      }
      if index > 0 { try output.line("") }
      guard output.format == .table else {
        try output.lines(page.tabbed)
        try output.lines(listing.lines(output.format, width: nil))
        continue
      }
      try output.line(output.strong("\(details.instant.requested.text) \(details.instant.action)"))
      try output.lines(page.shown)
      if listing.rows.isEmpty { continue }
      try output.line("")
      let width = output.width.map { $0 - 2 }
      try output.lines(listing.lines(.table, width: width).map { "  " + $0 })
    }
    if output.isJSON {
      try output.object(
        "summary",
        [("table", .text(name)), ("instants", .int(found.count)), ("files", .int(files))])
    }
    return 0
  }

  private func page(_ details: InstantDetails, _ table: LakeTable) -> Page {
    let instant = details.instant
    let isUTC = table.config.isUTC
    var page = Page()
    page.add("instant", .text(instant.requested.text))
    page.add("completion", .completion(instant.completed, isUTC, session.zone))
    page.add("action", .text(instant.action.rawValue))
    page.add("state", .text(instant.state.description))
    page.add(
      "plannedAs", instant.origin == instant.action ? .absent : .text(instant.origin.rawValue),
      label: "planned as")
    page.add("archived", details.isArchived ? .bool(true) : .absent)
    let totals = details.metadata?.totals
    func number(_ value: Int64?) -> Cell { .count(value.map { Int(clamping: $0) }) }
    page.add("operation", .text(details.metadata?.operationType?.lowercased()))
    page.add("inserted", number(totals?.inserts))
    page.add("updated", number(totals?.updates))
    page.add("deleted", number(totals?.deletes))
    page.add("rows", number(totals?.rows))
    page.add("files", .count(totals?.files))
    page.add("bytes", totals.map { .bytes(Int(clamping: $0.bytes)) } ?? .absent)
    page.pause()
    let extra = details.metadata?.extraMetadata.entries ?? []
    page.add("author", .text(extra.first { $0.key == CommitMessage.authorKey }?.value))
    page.add("message", .text(extra.first { $0.key == CommitMessage.messageKey }?.value))
    let shown = extra.filter {
      $0.key != CommitMetadata.schemaKey && $0.key != CommitMessage.authorKey
        && $0.key != CommitMessage.messageKey
    }
    page.add("extra", extraCell(shown), label: "extra keys")
    return page
  }

  private func extraCell(_ entries: [OrderedMap<String>.Entry]) -> Cell {
    if entries.isEmpty { return .absent }
    let text = entries.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    return Cell(
      shown: HumanText.fitted(HumanText.safe(text), 400), plain: text,
      json: .object(entries.map { (name: $0.key, value: JSONValue.text($0.value)) }))
  }

  private func listing(_ details: InstantDetails) -> Listing {
    var listing = Listing(
      "file",
      [
        .left("role"), .left("partition"), .left("file"), .right("rows"), .right("inserted"),
        .right("updated"), .right("deleted"), .right("bytes"), .left("previous"),
      ])
    for item in details.items {
      let stat = item.stat
      func number(_ value: Int64?) -> Cell { .count(value.map { Int(clamping: $0) }) }
      let previous = stat?.prevCommit.flatMap { $0 == WriteStat.noPreviousCommit ? nil : $0 }
      listing.rows.append([
        .text(item.role.rawValue), .text(item.partition), .text(item.name),
        number(stat?.numWrites), number(stat?.numInserts), number(stat?.numUpdateWrites),
        number(stat?.numDeletes),
        stat?.fileSizeInBytes.map { .bytes(Int(clamping: $0)) } ?? .absent, .text(previous),
      ])
    }
    return listing
  }
}
