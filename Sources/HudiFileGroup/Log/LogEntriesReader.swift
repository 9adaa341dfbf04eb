// Spec: 07-log-files. The entries of a scan's blocks, pulled one bounded batch at a time.
import HudiModel
import LakeBase
import LakeColumns

extension LogScan {
  /// The entries of all blocks in merge order, in batches of at most `RecordBatch.targetRows`.
  public func entries(_ options: LogReadOptions) -> LogEntriesReader {
    LogEntriesReader(self, options)
  }
}

/// Entries of several blocks, one bounded batch after the other. Owned by one worker; decodes ahead
/// on others where there is enough to do.
public final class LogEntriesReader {
  /// Content of blocks that one thread takes at once.
  private static let shareBytes = 4 << 20

  private let scan: LogScan
  private let options: LogReadOptions
  private let ahead: OrderedStream<Range<Int>, LogEntries>?
  private let decoders: LogDecoders
  private var nextItem = 0
  private var current: LogBlockEntries?

  init(_ scan: LogScan, _ options: LogReadOptions) {
    self.scan = scan
    self.options = options
    decoders = LogDecoders(
      options.schemas, columns: options.columns, limits: scan.limits, memory: options.memory)
    let shares = options.workers.width > 1 ? Self.shares(scan) : []
    guard shares.count > 1 else {
      ahead = nil
      return
    }
    ahead = OrderedStream(shares, workers: options.workers) {
      (share: Range<Int>, emit: (LogEntries) throws(LakeError) -> Void) throws(LakeError) in
      let decoders = LogDecoders(
        options.schemas, columns: options.columns, limits: scan.limits, memory: options.memory)
      for item in share {
        var block = try LogBlockEntries(scan, scan.items[item], options, decoders)
        while let entries = try block.next() {
          try options.cancellation.check()
          try emit(entries)
        }
      }
    }
  }

  private static func shares(_ scan: LogScan) -> [Range<Int>] {
    var shares: [Range<Int>] = []
    var start = 0
    var bytes = 0
    for (index, item) in scan.items.enumerated() {
      bytes += item.block.content.count
      if bytes >= shareBytes {
        shares.append(start..<index + 1)
        start = index + 1
        bytes = 0
      }
    }
    if start < scan.items.count { shares.append(start..<scan.items.count) }
    return shares
  }

  /// The next entries, or nil after the last. Throws what reading and decoding throw, with file and
  /// offset.
  public func next() throws(LakeError) -> LogEntries? {
    if let ahead { return try ahead.next() }
    while true {
      if let entries = try current?.next() {
        try options.cancellation.check()
        return entries
      }
      guard nextItem < scan.items.count else { return nil }
      current = try LogBlockEntries(scan, scan.items[nextItem], options, decoders)
      nextItem += 1
    }
  }
}

/// The entries of one block.
private struct LogBlockEntries {
  private enum Form {
    case rows(LogRowsReader)
    case deletes(LogDeletesReader)
  }

  private let file: LogFileReader
  private let item: LogScan.Item
  private let positions: [Int64]?
  private var form: Form
  private var entryCount = 0

  init(
    _ scan: LogScan, _ item: LogScan.Item, _ options: LogReadOptions, _ decoders: LogDecoders
  ) throws(LakeError) {
    self.item = item
    file = try scan.reader(of: item)
    let most: Int
    if item.block.type == .delete {
      form = .deletes(try LogDeletesReader(file, item.block, ordering: options.ordering, decoders))
      most = item.block.content.count
    } else {
      let rows = try LogRowsReader(file, item.block, decoders)
      most = rows.rowCount
      form = .rows(rows)
    }
    let wanted = options.positionsBase != nil && item.block.positionsBase == options.positionsBase
    positions = wanted ? try file.positions(of: item.block, atMost: most) : nil
  }

  mutating func next() throws(LakeError) -> LogEntries? {
    switch form {
    case .rows(var reader):
      guard let batch = try reader.next() else { return try end() }
      form = .rows(reader)
      let part = try positions(batch.count)
      return .rows(
        LogRows(
          instant: item.instant, batch: batch, isPartial: item.block.isPartial, positions: part,
          positionsBase: part == nil ? nil : item.block.positionsBase, path: file.path))
    case .deletes(var reader):
      guard let deletes = try reader.next() else { return try end() }
      form = .deletes(reader)
      let part = try positions(deletes.keys.count)
      return .deletes(
        LogDeletes(
          instant: item.instant, keys: deletes.keys, order: deletes.order,
          isOrdered: deletes.isOrdered, positions: part,
          positionsBase: part == nil ? nil : item.block.positionsBase))
    }
  }

  /// The positions of the next `count` entries.
  private mutating func positions(_ count: Int) throws(LakeError) -> [Int64]? {
    let start = entryCount
    entryCount += count
    guard let positions else { return nil }
    guard entryCount <= positions.count else { throw mismatch() }
    if start == 0 && count == positions.count { return positions }
    return Array(positions[start..<entryCount])
  }

  private func end() throws(LakeError) -> LogEntries? {
    if let positions, positions.count != entryCount { throw mismatch() }
    return nil
  }

  private func mismatch() -> LakeError {
    file.malformed(
      "\(positions?.count ?? 0) record positions for \(entryCount) entries or more",
      at: item.block.offset)
  }
}
