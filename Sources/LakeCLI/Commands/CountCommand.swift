// Spec: 16-command-line. `lake count`: how many rows, and how that is known.
import Lake
import LakeBase
import LakeColumns

extension CommandList {
  static let count = CommandSpec(
    "count", "how many rows a version of a table has",
    examples: [
      ("lake count orders", "from the files' footers where that is exact"),
      (
        "lake count orders@^ --where \"qty > 10\"",
        "rows of the version before that meet a condition"
      ),
    ],
    operands: "TABLE[@V]", count: 1...1,
    options: [
      .value("where", "EXPR", "rows for which this holds"),
      .value("as-of", "V", "the version, in place of @V"), RowOptions.noSkipping,
    ],
    exits: [7, 8, 11, 12, 13], seeAlso: ["read", "stats"],
    notes: [
      "The count is exact. Standard error says whether it stands in the footers of the files or "
        + "had to be found by reading."
    ],
    run: { (session, arguments) throws(LakeError) in
      let address = try TableAddress(
        arguments.operands[0], session, asOf: arguments.value("as-of"))
      let condition = try arguments.value("where").map { (text) throws(LakeError) in
        try RowPredicate(text, zoneOffset: session.inputOffset)
      }
      let count = try address.table.count(
        where: condition, asOf: address.version,
        believesStatistics: !arguments.has("no-skipping"))
      let output = session.output
      if output.isJSON {
        try output.object(
          "summary",
          [
            ("table", .text(address.name)), ("rows", .int(count.rows)),
            ("source", .text(count.source.rawValue)), ("files", .int(count.files)),
          ])
        return 0
      }
      try output.line(output.format == .table ? HumanText.count(count.rows) : "\(count.rows)")
      let how = count.source == .footers ? "by the footers of" : "by reading"
      output.note("\(how) \(HumanText.plural(count.files, "file group"))")
      return 0
    })
}
