// Spec: 16-command-line, 12-queries. `lake read`: rows of a table or of a file.
import HudiScan
import Lake
import LakeBase
import LakeColumns

extension CommandList {
  static let read = CommandSpec(
    "read", "rows of a table, or of any input file",
    examples: [
      ("lake read orders --where \"qty > 10\" --limit 20", "some rows of the newest version"),
      ("lake read orders@^ --select id,qty --out before.csv.gz", "an earlier version, into a file"),
      ("lake read orders --from 20260301102002311", "what commits since then wrote"),
      ("lake read orders --mode ro", "base files only, without their logs"),
      ("lake read changes.ndjson", "look at a file before it is committed"),
    ],
    operands: "TABLE[@V]|FILE", count: 1...1,
    options: RowOptions.options + [
      .value("as-of", "V", "the version, in place of @V"),
      .value(
        "mode", "MODE", choices: ["snapshot", "ro"],
        "snapshot; or ro, read-optimised: base files without their logs"),
      .value(
        "merge-as", "MODE", choices: ["event", "commit"],
        "merge logs so, whatever the table says: the larger ordering value wins, or the later "
          + "commit"
      ),
      .flag(
        "by-position",
        "find the rows that logs replace by the numbers they name, as Spark does, not by key"),
      RowOptions.noSkipping,
    ] + PullOptions.options + [
      .value(
        "on-expired", "WHAT", choices: ExpiredRange.allCases.map(\.rawValue),
        group: PullOptions.group,
        "where the range is no longer kept: fail, or snapshot: all rows as they are now"),
      .flag(
        "with-deletes", group: PullOptions.group,
        "also the keys that are gone, true in _hoodie_is_deleted"),
    ] + InputSettings.options,
    exits: [6, 7, 8, 11, 12, 13], seeAlso: ["get", "log", "explain"],
    notes: [
      "V is an instant or its beginning, a time with a zone, -2h, ^ for the version before the "
        + "newest, ^^ for the one before that, tag:NAME for a savepoint.",
      PullOptions.note,
      "Rows are a table on a terminal and NDJSON elsewhere; see --format.",
    ],
    run: { (session, arguments) throws(LakeError) in
      try ReadCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake read`.
struct ReadCommand {
  let session: Session
  let arguments: Arguments
  private static let tableOptions = [
    "as-of", "mode", "merge-as", "by-position", "no-skipping", "from", "to", "on-expired",
    "with-deletes",
  ]

  func run() throws(LakeError) -> Int32 {
    let delivery = try RowDelivery(session, arguments)
    let scan = try RowOptions.scan(session, arguments)
    let text = arguments.operands[0]
    let address: TableAddress
    do throws(LakeError) {
      address = try TableAddress(text, session, asOf: arguments.value("as-of"))
    } catch {
      guard error.kind == .notFound || error.code == .notRegularFile,
        try InputSettings.isFile(text, session)
      else { throw error }
      for option in Self.tableOptions where arguments.has(option) {
        throw LakeError(.usage, "\"\(text)\" is a file; --\(option) is for tables")
      }
      let settings = try InputSettings(arguments, session)
      return try delivery.run(try settings.read(text, scan.columns, scan.predicate), nil)
    }
    let rows = try address.table.query(try query(address), QueryOptions(scan))
    tell(rows, address)
    return try delivery.run(rows, rows.position?.text)
  }

  private func query(_ address: TableAddress) throws(LakeError) -> TableQuery {
    let isBase = arguments.value("mode") == "ro"
    if let pull = try PullOptions.range(session, arguments) {
      if address.version != nil {
        throw LakeError(.usage, "a pull reads the newest version; --to ends it earlier")
      }
      if isBase { throw LakeError(.usage, "--mode ro and --from exclude each other") }
      let onExpired = arguments.value("on-expired").flatMap { ExpiredRange(rawValue: $0) }
      return .incremental(
        from: pull.from, to: pull.to, onExpired: onExpired ?? .fail,
        withDeletes: arguments.has("with-deletes"))
    }
    return isBase ? .readOptimized(asOf: address.version) : .snapshot(asOf: address.version)
  }

  /// What a reader should know before the rows. [CLI-45] [CLI-28]
  private func tell(_ rows: TableRows, _ address: TableAddress) {
    let output = session.output
    if rows.isWholeSnapshot {
      output.warning("the range is no longer kept: these are all rows as they are now")
    }
    if let stale = rows.staleness, !stale.isCurrent {
      output.note(
        "read-optimised: \(HumanText.plural(stale.logFiles, "log file")) with "
          + "\(HumanText.bytes(stale.logBytes)) left out; newest base file "
          + "\(stale.newestBase?.text ?? "none"), newest commit "
          + "\(stale.newestWrite?.text ?? "none")"
      )
    }
    if address.version != nil, rows.snapshot.writes.isEmpty,
      let first = rows.snapshot.timeline.completedWrites.first
    {
      output.note(
        "\(HumanText.safe(address.name)) was empty then: its first commit is "
          + first.requested.text)
    }
  }
}
