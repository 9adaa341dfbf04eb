// Spec: 16-command-line. Options that commands which print rows have in common.
import HudiScan
import Lake
import LakeBase
import LakeColumns

/// Which rows and columns, how many, and where to.
enum RowOptions {
  static let select = OptionSpec.value(
    "select", "C[,C]", repeats: true, "these columns, in this order")
  static let condition = OptionSpec.value(
    "where", "EXPR", "rows for which this holds: \"day = '2026-03-01' and qty > 10\"")
  static let limit = OptionSpec.value("limit", "N", "at most so many rows")
  static let meta = OptionSpec.flag("meta", "the five _hoodie_ columns as well")
  static let out = OptionSpec.value(
    "out", "FILE", short: "O",
    "write a file: .parquet, .avro, .csv, .tsv, .ndjson; text also .gz, .zst")

  static let noSkipping = OptionSpec.flag(
    "no-skipping", "read all data: believe no statistics, bloom filters and indexes")

  static let options = [select, condition, limit, meta, out]

  /// What a scan is asked for, within the memory of `--memory`. [CLI-51]
  static func scan(_ session: Session, _ arguments: Arguments) throws(LakeError) -> ScanOptions {
    let predicate = try arguments.value("where").map { (text) throws(LakeError) in
      try RowPredicate(text, zoneOffset: session.inputOffset)
    }
    var options = ScanOptions(
      columns: arguments.has("select") ? try arguments.list("select") : nil, predicate: predicate,
      includesMetaColumns: arguments.has("meta"))
    options.memoryBytes = session.memory
    options.mergesByPosition = arguments.has("by-position")
    options.believesStatistics = !arguments.has("no-skipping")
    switch arguments.value("merge-as") {
    case "event": options.mergeMode = .eventTime
    case "commit": options.mergeMode = .commitTime
    default: break
    }
    return options
  }
}

/// From where to where, for commands that pull.
enum PullOptions {
  static let group = "Pulls"
  static let options: [OptionSpec] = [
    .value("from", "X", group: group, "what commits after X did; earliest: everything"),
    .value("to", "Y", group: group, "those up to Y and with it; default everything completed"),
  ]
  static let note =
    "X and Y are versions; a requested time on the timeline means that commit, other times are "
    + "compared with completion times. X may be the position that an earlier pull told: it never "
    + "skips a writer that finished late."

  /// The ends of the range; nil without `--from`.
  static func range(
    _ session: Session, _ arguments: Arguments
  ) throws(LakeError) -> (from: String, to: String?)? {
    guard let from = arguments.value("from") else {
      for option in ["to", "on-expired", "with-deletes"] where arguments.has(option) {
        throw LakeError(.usage, "--\(option) belongs to a pull: --from is missing")
      }
      return nil
    }
    let to = try arguments.value("to").map { (text) throws(LakeError) in
      try TableAddress.zoned(text, session)
    }
    return (try TableAddress.zoned(from, session), to)
  }
}
