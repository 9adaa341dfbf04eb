// Spec: 16-command-line. The options every command takes.

/// Options that may stand before or after the verb.
enum GlobalOptions {
  private static let group = "Everywhere"

  static let all: [OptionSpec] = [
    .value("", "DIR", short: "C", group: group, "work as if started in DIR"),
    .flag("json", group: group, "JSON Lines: every object has a type, the last is the summary"),
    .value(
      "format", "F", choices: OutputFormat.allCases.map(\.rawValue), environment: "LAKE_FORMAT",
      group: group, "table, tsv, csv, ndjson, json or md"),
    .flag("quiet", short: "q", group: group, "errors only"),
    .flag("verbose", short: "v", repeats: true, group: group, "decisions; -vv phases as well"),
    .value(
      "progress", "MODE", choices: ["auto"] + ProgressDisplay.Mode.allCases.map(\.rawValue),
      environment: "LAKE_PROGRESS", group: group,
      "auto (a bar on a terminal), bar, plain, json or none"),
    .flag("no-color", group: group, "plain text, also on a terminal (as NO_COLOR does)"),
    .value(
      "tz", "ZONE", environment: "LAKE_TZ", group: group,
      "zone of times without one and of times shown: +08:00 or Europe/Berlin"),
    .value(
      "memory", "SIZE", environment: "LAKE_MEMORY", group: group,
      "most memory to use; default a quarter of the machine"),
    .value(
      "threads", "N", environment: "LAKE_THREADS", group: group,
      "threads to use; default the processors, at most 8"),
    .value(
      "wait", "DUR", environment: "LAKE_WAIT", group: group,
      "how long to wait for a lock; default 60s"),
    .value("tmp", "DIR", environment: "LAKE_TMP", group: group, "where temporary files go"),
    .value(
      "trace", "FILE", group: group, "write spans, storage calls and bytes to FILE, as JSON Lines"),
    .flag("no-input", group: group, "never ask; fail where an answer would be needed"),
    .flag("yes", short: "y", group: group, "answer yes where a confirmation would be asked for"),
    .flag("dry-run", group: group, "do everything but write"),
    .value("clock", "TIME", group: group, "use this time instead of the clock's, to repeat a run"),
    .value("seed", "N", group: group, "use this seed for random names, to repeat a run"),
    .flag("help", short: "h", group: group, "this page"),
    .flag("version", group: group, "print the version"),
  ]
}
