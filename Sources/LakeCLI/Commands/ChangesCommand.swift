// Spec: 16-command-line, 12d-changes. `lake changes`: what became of which row.
import HudiScan
import Lake
import LakeBase
import LakeColumns

extension CommandList {
  static let changes = CommandSpec(
    "changes", "inserts, updates and deletes of a range, rows before and after",
    examples: [
      ("lake changes orders --from 20260301102002311", "what commits since then did"),
      ("lake changes orders --from earliest --out all.ndjson.gz", "the whole story, in a file"),
    ],
    operands: "TABLE", count: 1...1,
    options: PullOptions.options + [RowOptions.limit, RowOptions.out],
    exits: [7, 8, 11, 12, 13], seeAlso: ["read", "log"],
    notes: [
      "Columns: op (i, u, d), key, partition, instant, completed, before, after. Nothing is netted: "
        + "a row that two commits changed is told twice.",
      PullOptions.note,
      "Change logs are used where commits wrote them; elsewhere the files before and after a commit "
        + "are compared.",
    ],
    run: { (session, arguments) throws(LakeError) in
      guard let range = try PullOptions.range(session, arguments) else {
        throw LakeError(
          .usage, "\"lake changes\" needs --from", hint: "--from earliest for everything")
      }
      let delivery = try RowDelivery(session, arguments)
      let table = try session.openTable(arguments.operands[0])
      var scan = ScanOptions()
      scan.memoryBytes = session.memory
      let rows = try table.query(
        .changes(from: range.from, to: range.to), QueryOptions(scan))
      return try delivery.run(rows, rows.position?.text)
    })
}
