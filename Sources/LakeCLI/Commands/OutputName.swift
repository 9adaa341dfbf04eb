// Spec: 16-command-line. What the name of an output file says about its content.
import LakeBase
import LakeCodecs

/// Format and compression of `--out FILE`.
struct OutputName: Sendable {
  enum Format: String, Sendable { case parquet, avro, csv, tsv, ndjson }

  let format: Format
  let codec: Codec?

  /// Throws `badOptionValue` for a name that tells no format.
  init(_ path: String) throws(LakeError) {
    var name = path.lowercased()
    if name.hasSuffix(".gz") {
      codec = .gzip
      name.removeLast(3)
    } else if name.hasSuffix(".zst") {
      codec = .zstd
      name.removeLast(4)
    } else {
      codec = nil
    }
    let known: [(String, Format)] = [
      (".parquet", .parquet), (".avro", .avro), (".csv", .csv), (".tsv", .tsv),
      (".ndjson", .ndjson), (".jsonl", .ndjson), (".json", .ndjson),
    ]
    guard let format = known.first(where: { name.hasSuffix($0.0) })?.1 else {
      throw LakeError(
        .badOptionValue, "--out \"\(path)\": the name tells no format",
        hint: "end it with .parquet, .avro, .csv, .tsv or .ndjson, and .gz or .zst for text")
    }
    if codec != nil && (format == .parquet || format == .avro) {
      throw LakeError(
        .badOptionValue, "--out \"\(path)\": \(format.rawValue) files compress their own blocks",
        hint: "leave out .gz or .zst")
    }
    self.format = format
  }
}
