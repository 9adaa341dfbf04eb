// Spec: 16-command-line. The spellings of output.

/// What `--format` may be; `json` and `ndjson` are the same.
enum OutputFormat: String, Sendable, CaseIterable {
  case table, tsv, csv, ndjson, json, md

  var isJSON: Bool { self == .json || self == .ndjson }
}
