// Spec: 16-command-line, 12c-pruning. `lake explain`: what a read would read, and why.
import HudiScan
import Lake
import LakeBase
import LakeColumns

extension CommandList {
  static let explain = CommandSpec(
    "explain", "what a read would read and what not, with the reason",
    examples: [
      (
        "lake explain orders --where \"dt = '2026-03-01' and qty > 10\"",
        "kept and pruned, by level"
      ),
      ("lake explain orders@^ --where \"id = 'a7'\" --all --json", "every file and row group"),
    ],
    operands: "TABLE[@V]", count: 1...1,
    options: [
      .value("where", "EXPR", "the condition, as for lake read"),
      .value("select", "C[,C]", repeats: true, "the columns, as for lake read"),
      .value("as-of", "V", "the version, in place of @V"), RowOptions.noSkipping,
      .flag("all", "every decision in place of one line a level and reason"),
    ],
    exits: [7, 8, 11, 12], seeAlso: ["read", "stats"],
    notes: [
      "Only footers and statistics are read. Bytes are those of files, and of the columns that "
        + "are read in row groups and pages."
    ],
    run: { (session, arguments) throws(LakeError) in
      try ExplainCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake explain`.
struct ExplainCommand {
  let session: Session
  let arguments: Arguments

  func run() throws(LakeError) -> Int32 {
    let address = try TableAddress(
      arguments.operands[0], session, asOf: arguments.value("as-of"))
    let predicate = try arguments.value("where").map { (text) throws(LakeError) in
      try RowPredicate(text, zoneOffset: session.inputOffset)
    }
    let columns = arguments.has("select") ? try arguments.list("select") : nil
    var scan = ScanOptions(columns: columns, predicate: predicate)
    scan.believesStatistics = !arguments.has("no-skipping")
    let plan = try ScanPlan(try address.snapshot(), scan, .explaining)
    let explanation = plan.explanation
    let listing = arguments.has("all") ? decisions(explanation) : levels(explanation)
    try session.output.listing(listing, summary: summary(explanation, address.name))
    return 0
  }

  private func decisions(_ explanation: ScanExplanation) -> Listing {
    var listing = Listing(
      "decision",
      [.left("level"), .left("name"), .left("kept"), .right("bytes"), .left("reason")])
    listing.rows = explanation.rows.map { row in
      [
        .text(row.level.rawValue), .text(row.name), .bool(row.isKept), .bytes(row.bytes),
        .text(row.reason.text),
      ]
    }
    return listing
  }

  /// One line for each level, verdict and reason.
  private func levels(_ explanation: ScanExplanation) -> Listing {
    struct Group {
      let level: ScanExplanation.Level
      let isKept: Bool
      let reason: String
      var count = 0
      var bytes = 0
    }
    var groups: [Group] = []
    for row in explanation.rows {
      let reason = Self.reason(row.reason)
      let place = groups.firstIndex {
        $0.level == row.level && $0.isKept == row.isKept && $0.reason == reason
      }
      if place == nil {
        groups.append(Group(level: row.level, isKept: row.isKept, reason: reason))
      }
      let index = place ?? groups.count - 1
      groups[index].count += 1
      groups[index].bytes += row.bytes
    }
    var listing = Listing(
      "decision",
      [.left("level"), .left("kept"), .right("count"), .right("bytes"), .left("reason")])
    for level in ScanExplanation.Level.allCases {
      for group in groups.filter({ $0.level == level }).sorted(by: { $0.isKept && !$1.isKept }) {
        listing.rows.append([
          .text(group.level.rawValue), .bool(group.isKept), .count(group.count),
          .bytes(group.bytes), .text(group.reason),
        ])
      }
    }
    return listing
  }

  /// Reasons with numbers of their own stand together.
  private static func reason(_ reason: ScanExplanation.Reason) -> String {
    if case .pageIndex = reason { return "the page index leaves some of the rows" }
    return reason.text
  }

  private func summary(_ explanation: ScanExplanation, _ name: String) -> JSONFields {
    var fields: JSONFields = [("table", .text(name))]
    for total in explanation.totals {
      let level = total.level.plural
      fields.append((name: level + "Kept", value: .int(total.kept)))
      fields.append((name: level + "Pruned", value: .int(total.pruned)))
      fields.append((name: level + "BytesKept", value: .int(total.keptBytes)))
      fields.append((name: level + "BytesPruned", value: .int(total.prunedBytes)))
    }
    return fields
  }
}

extension ScanExplanation.Level {
  /// In names of numbers.
  fileprivate var plural: String {
    switch self {
    case .index: "indexes"
    case .rowGroup: "rowGroups"
    default: rawValue + "s"
    }
  }
}
