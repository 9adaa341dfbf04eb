// Spec: 10-merging. A slice whose log side does not fit the budget, merged a part of its keys at a
// time.
import LakeBase
import LakeColumns

/// The merged rows of a slice within a budget: where the folded log side grows beyond it, the keys
/// are divided by their hash, and logs and base file are read once for every part. [MERGE-24]
public struct PartedSliceReader: BatchSource {
  /// What a reader needs to start over for a part.
  public struct Source {
    let builder: (KeyPart) throws(LakeError) -> LogTableBuilder
    let entries: () throws(LakeError) -> (() throws(LakeError) -> LogEntries?)
    let reader: (LogTable) throws(LakeError) -> SliceReader

    /// - Parameters:
    ///   - builder: an empty log side for some keys.
    ///   - entries: the log entries from the beginning.
    ///   - reader: the base file from the beginning, met by a log side.
    public init(
      builder: @escaping (KeyPart) throws(LakeError) -> LogTableBuilder,
      entries: @escaping () throws(LakeError) -> (() throws(LakeError) -> LogEntries?),
      reader: @escaping (LogTable) throws(LakeError) -> SliceReader
    ) {
      self.builder = builder
      self.entries = entries
      self.reader = reader
    }
  }

  public let schema: Schema
  private let source: Source
  private let budget: Int
  private var parts: [KeyPart]
  private var current: SliceReader?
  /// Parts that were merged, for tests.
  public private(set) var partCount = 0

  /// - Parameters:
  ///   - keys: those whose rows are wanted.
  ///   - budget: bytes that the log side may hold while it is folded.
  public init(_ schema: Schema, _ source: Source, of keys: KeyPart = .all, budget: Int) {
    parts = [keys]
    self.schema = schema
    self.source = source
    self.budget = budget
  }

  public mutating func next() throws(LakeError) -> RecordBatch? {
    while true {
      if let batch = try current?.next() { return batch }
      current = nil
      guard let part = parts.popLast() else { return nil }
      if let table = try fold(part) {
        current = try source.reader(table)
        partCount += 1
      }
    }
  }

  /// The log side of a part; nil: it was too large and waits in halves.
  private mutating func fold(_ part: KeyPart) throws(LakeError) -> LogTable? {
    let builder = try source.builder(part)
    let entries = try source.entries()
    while let some = try entries() {
      try builder.add(some)
      if builder.byteCount <= budget { continue }
      builder.dropLosers()
      if builder.byteCount > budget, builder.keyCount > 1, let halves = part.halves {
        parts.append(contentsOf: halves.reversed())
        return nil
      }
    }
    return try builder.finish()
  }
}
