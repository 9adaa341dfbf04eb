// Spec: 14-text-rows. What inference found, in words.
import LakeBase
import LakeColumns

/// Why a column was given its type.
public struct InferenceNote: Sendable, Hashable, CustomStringConvertible {
  public let column: String
  public let type: ColumnType
  /// What was seen, for example `336776 values` or `line 12 has "N/A"`.
  public let reason: String

  public var description: String { "\(column) \(type): \(reason)" }
}

/// A value that decided something.
struct Witness: Sendable {
  let line: Int
  let text: String

  init(_ chunk: RecordChunk, _ start: Int, _ end: Int) {
    line = chunk.line + countLines(chunk.bytes, start)
    let count = Swift.min(end - start, 60)
    let bytes = UnsafeBufferPointer(start: chunk.bytes + start, count: count)
    text = String(decoding: bytes, as: UTF8.self) + (end - start > 60 ? "…" : "")
  }

  var shown: String { "line \(line) has \"\(text)\"" }
}
