// Spec: 16-command-line, 04-timeline. The instants in one file of an archived timeline.
import HudiModel
import HudiTimeline
import LakeBase
import LakeStorage

extension Inspection {
  /// Whether a name is that of an archive's file, and of which layout.
  static func archive(_ name: String, _ kind: FileKind) -> TimelineLayout? {
    if name.hasPrefix(".commits_.archive.") { return .one }
    // `<first>_<last>_<level>.parquet`
    guard kind == .parquet, name.hasSuffix(".parquet") else { return nil }
    let parts = name.dropLast(".parquet".count).split(separator: "_")
    guard parts.count == 3, InstantTime(parts[0]) != nil, InstantTime(parts[1]) != nil,
      Int(parts[2]) != nil
    else { return nil }
    return .two
  }

  /// One line an archived file of an instant, and all that they said. [CLI-49]
  mutating func readArchive(_ source: any ByteSource, _ layout: TimelineLayout, _ world: World) {
    step { (found) throws(LakeError) in
      let entries = try ArchivedTimeline.entries(ofFile: source, layout, world.limits)
      var listing = Listing(
        "action",
        [
          .left("instant"), .left("completion"), .left("action"), .left("state"),
          .left("operation"), .right("inserted"), .right("updated"), .right("deleted"),
          .right("files"),
        ])
      var contents: [JSONValue] = []
      defer {
        found.page.add("actions", .count(listing.rows.count))
        found.listings.append(listing)
        found.content = .array(contents)
      }
      for entry in entries {
        try world.cancellation.check()
        let instant = entry.instant
        let metadata = try entry.commitMetadata(world.limits)
        let totals = metadata?.totals
        func number(_ value: Int64?) -> Cell { .count(value.map { Int(clamping: $0) }) }
        listing.rows.append([
          .text(instant.requested.text), .text(layout == .two ? instant.completed?.text : nil),
          .text(instant.action.rawValue), .text(instant.state.description),
          .text(metadata?.operationType?.lowercased()), number(totals?.inserts),
          number(totals?.updates), number(totals?.deletes), .count(totals?.files),
        ])
        guard let tree = try entry.tree(world.limits) else { continue }
        contents.append(
          .object([
            ("instant", .text(instant.requested.text)), ("action", .text(instant.action.rawValue)),
            ("state", .text(instant.state.description)), ("content", tree),
          ]))
      }
    }
  }
}
