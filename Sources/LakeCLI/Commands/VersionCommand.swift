// Spec: 16-command-line. Which lake this is and what it can do.
import LakeBase

/// The version of the whole project; CHANGELOG.md has a heading for it.
enum LakeVersion {
  static let text = "0.1.0"
  /// The table versions that are read and written.
  static let tableVersions = [6, 8, 9]
  /// What `lake version --features` lists: name and state.
  static let features: [(name: String, what: String)] = [
    ("table-versions", "6, 8, 9"),
    ("table-types", "copy-on-write"),
    ("operations", "insert, upsert, bulk_insert, delete"),
    ("indexes", "simple, bloom, global-simple, global-bloom"),
    ("inputs", "csv, tsv, ndjson, json, parquet, avro; gz, zst"),
    ("outputs", "table, tsv, csv, ndjson, md, parquet, avro; gz, zst"),
    ("parquet-codecs", "none, snappy, gzip, lz4-raw, lz4-hadoop, zstd"),
    ("storage", "local disks"),
  ]
}

extension CommandList {
  static let version = CommandSpec(
    "version", "print the version",
    examples: [
      ("lake version", "one line"),
      ("lake version --features", "what this build can do"),
    ],
    operands: "", count: 0...0,
    options: [.flag("features", "list formats, codecs and table versions")],
    run: { (session, arguments) throws(LakeError) in
      let output = session.output
      let listed = arguments.has("features")
      if output.isJSON {
        if listed {
          for feature in LakeVersion.features {
            let fields: JSONFields = [
              ("name", .text(feature.name)), ("what", .text(feature.what)),
            ]
            try output.object("feature", fields)
          }
        }
        let summary: JSONFields = [
          ("version", .text(LakeVersion.text)),
          ("tableVersions", .array(LakeVersion.tableVersions.map { .int($0) })),
        ]
        try output.object("summary", summary)
        return 0
      }
      try output.line("lake \(LakeVersion.text)")
      guard listed else { return 0 }
      var listing = Listing("feature", [.left("name"), .left("what")])
      listing.rows = LakeVersion.features.map { [.text($0.name), .text($0.what)] }
      try output.lines(listing.lines(output.format, width: output.width))
      return 0
    })
}
