// Spec: 07-log-files. The content of a block as a file of its own.
import LakeBase

/// Part of a source, seen from 0. Offsets in errors count from the part's first byte; whoever reads
/// through it shifts them back.
struct LogContentSource: ByteSource {
  let whole: any ByteSource
  let range: Range<Int>

  var count: Int { range.count }

  func read(_ part: Range<Int>) throws(LakeError) -> Buffer {
    guard part.lowerBound >= 0, part.upperBound <= range.count else {
      throw LakeError(
        .fileTruncated,
        "bytes \(part.lowerBound)..<\(part.upperBound) of \(range.count) asked for",
        offset: range.count)
    }
    let start = range.lowerBound
    do { return try whole.read(start + part.lowerBound..<start + part.upperBound) } catch {
      throw error.shifted(by: -start)
    }
  }
}
