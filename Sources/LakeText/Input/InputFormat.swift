// Spec: 14-text-rows. What an input is, by its name and by its first bytes.
import LakeBase
import LakeCodecs

/// The formats an input may have.
public enum InputFormat: String, Sendable, CaseIterable {
  case csv, tsv, ndjson, parquet, avro

  /// The format and the compression that a file's name promises; nil where the name says nothing.
  public static func byName(_ name: String) -> (format: InputFormat?, codec: Codec) {
    var parts = (name.split(separator: "/").last ?? "").lowercased().split(separator: ".")
    var codec = Codec.none
    if parts.count > 1, let last = parts.last {
      if last == "gz" { codec = .gzip }
      if last == "zst" { codec = .zstd }
      if codec != .none { parts.removeLast() }
    }
    guard parts.count > 1, let last = parts.last else { return (nil, codec) }
    switch last {
    case "csv": return (.csv, codec)
    case "tsv", "tab": return (.tsv, codec)
    case "ndjson", "jsonl", "json": return (.ndjson, codec)
    case "parquet": return (.parquet, codec)
    case "avro": return (.avro, codec)
    default: return (nil, codec)
    }
  }

  /// The compression that the first bytes show.
  public static func codec(of head: Buffer) -> Codec {
    if head.count >= 2 && head[0] == 0x1F && head[1] == 0x8B { return .gzip }
    if head.count >= 4, head[0] == 0x28, head[1] == 0xB5, head[2] == 0x2F, head[3] == 0xFD {
      return .zstd
    }
    return .none
  }

  /// The format that the first bytes, decompressed, show; CSV when nothing else fits.
  public static func byContent(_ head: Buffer) -> InputFormat {
    if starts(head, "PAR1") || starts(head, "PARE") { return .parquet }
    if starts(head, "Obj\u{1}") { return .avro }
    var at = starts(head, "\u{FEFF}") ? 3 : 0
    while at < head.count, [0x20, 0x09, 0x0A, 0x0D].contains(head[at]) { at += 1 }
    if at < head.count && (head[at] == 0x7B || head[at] == 0x5B) { return .ndjson }
    let line = head.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> ArraySlice<UInt8> in
      Array(raw.prefix(4096)).prefix { $0 != 0x0A }
    }
    return line.contains(0x09) && !line.contains(0x2C) ? .tsv : .csv
  }

  private static func starts(_ head: Buffer, _ text: String) -> Bool {
    let wanted = Array(text.utf8)
    return head.count >= wanted.count && head[0..<wanted.count] == Buffer(wanted)
  }
}
