// Spec: 10-merging. The rows of a slice, whatever the size of its log side.
import LakeBase
import LakeColumns

/// The merged rows of a slice within a budget. Where the folded log side grows beyond it, the
/// versions are divided by the hash of their keys into a temporary file; base rows that no log
/// touches pass at once, the others follow their parts there, and the parts are merged one by one.
/// Log files are read at most twice, the base file once. [MERGE-24]
public struct BoundedSliceReader: BatchSource {
  /// A slice that can be read from its beginning.
  public struct Source {
    let adapter: LogAdapter
    let keys: RowKeys
    let options: SliceOptions
    let entries: () throws(LakeError) -> (() throws(LakeError) -> LogEntries?)
    let base: () throws(LakeError) -> (any BatchSource)?

    /// - Parameters:
    ///   - adapter: shows deletes where `options.deletedColumn` is set.
    ///   - keys: as those of `adapter`.
    ///   - entries: the log entries from the beginning; asked for once or twice.
    ///   - base: the base rows, or nil for a slice of log files only; asked for once.
    public init(
      _ adapter: LogAdapter, keys: RowKeys, options: SliceOptions = .init(),
      entries: @escaping () throws(LakeError) -> (() throws(LakeError) -> LogEntries?),
      base: @escaping () throws(LakeError) -> (any BatchSource)?
    ) {
      self.adapter = adapter
      self.keys = keys
      self.options = options
      self.entries = entries
      self.base = base
    }
  }

  public let schema: Schema
  private let source: Source
  private let budget: Int
  private let scratch: any ScratchSpace
  private var file: (any ScratchFile)?
  private var isOpen = false
  private var current: SliceReader?
  /// Takes the base rows that `current` does not yield.
  private var spill: SliceSpill?
  /// The last of these comes next.
  private var parts: [SpilledPart] = []
  /// Parts that were merged, for tests; 0 where all fitted.
  public private(set) var partCount = 0

  /// - Parameters:
  ///   - budget: bytes that the log side may hold while it is folded.
  ///   - scratch: where the parts go; a file is made only when it is needed.
  public init(_ source: Source, budget: Int, scratch: any ScratchSpace) {
    schema = SliceReader.schema(source.adapter.columns, source.options)
    self.source = source
    self.budget = budget
    self.scratch = scratch
  }

  public mutating func next() throws(LakeError) -> RecordBatch? {
    while true {
      if let batch = try current?.next() { return batch }
      current = nil
      if !isOpen {
        isOpen = true
        try open()
      } else if let filled = spill {
        spill = nil
        parts.append(contentsOf: try filled.finish().reversed())
      } else if let part = parts.popLast() {
        try open(part)
      } else {
        file = nil
        return nil
      }
    }
  }

  private func reader(
    _ base: (any BatchSource)?, _ builder: LogTableBuilder
  ) throws(LakeError) -> SliceReader {
    SliceReader(
      base, try builder.finish(), keys: source.keys, options: source.options)
  }

  /// Whether the folded side must be divided.
  private func isTooLarge(_ builder: LogTableBuilder) -> Bool {
    if builder.byteCount <= budget { return false }
    builder.dropLosers()
    return builder.byteCount > budget && builder.keyCount > 1
  }

  private mutating func open() throws(LakeError) {
    let builder = try LogTableBuilder(source.adapter)
    let entries = try source.entries()
    while let some = try entries() {
      try builder.add(some)
      if isTooLarge(builder) { return try openSpilled() }
    }
    current = try reader(try source.base(), builder)
  }

  private mutating func openSpilled() throws(LakeError) {
    let file = try scratch.makeFile()
    self.file = file
    let spill = SliceSpill(source.adapter.columns, file, budget: budget)
    let entries = try source.entries()
    while let some = try entries() {
      if let versions = try source.adapter.versions(of: some) { try spill.add(versions) }
    }
    if let base = try source.base() { try sift(base, spill) } else { self.spill = spill }
  }

  /// Yields the base rows that the logs do not touch.
  private mutating func sift(
    _ base: any BatchSource, _ spill: SliceSpill
  ) throws(LakeError) {
    self.spill = spill
    current = try reader(
      SiftedBaseRows(base, keys: source.keys, spill), LogTableBuilder(source.adapter))
  }

  // MARK: Parts

  private mutating func open(_ part: SpilledPart) throws(LakeError) {
    guard let file else { return }
    let columns = source.adapter.columns
    let builder = try LogTableBuilder(source.adapter)
    var runs = Self.versions(file, part, columns)
    while let some = try runs.next() {
      builder.fold(some)
      if part.count < SliceSpill.countMax, isTooLarge(builder) { return try divide(part, file) }
    }
    partCount += 1
    current = try reader(SpilledBaseRows(file, part, columns.base), builder)
  }

  private static func versions(
    _ file: any ScratchFile, _ part: SpilledPart, _ columns: SliceColumns
  ) -> SpilledRuns<LogVersions> {
    SpilledRuns(file, part.versions) { (reader) throws(LakeError) in
      try LogVersions(&reader, columns)
    }
  }

  /// A part that is too large becomes parts of its own.
  private mutating func divide(
    _ part: SpilledPart, _ file: any ScratchFile
  ) throws(LakeError) {
    let columns = source.adapter.columns
    let spill = SliceSpill(columns, file, within: part.count, budget: budget)
    var runs = Self.versions(file, part, columns)
    while let some = try runs.next() { try spill.add(some) }
    try sift(SpilledBaseRows(file, part, columns.base), spill)
  }
}
