// Spec: 07-log-files. The blocks of a slice that count, in the order in which they are merged.
import HudiModel
import LakeBase
import LakeStorage

/// Which blocks of a slice's log files are to be merged, found out by reading headers only. A
/// value; at most `openFilesMax` files stay open.
public struct LogScan: Sendable {
  /// A block and the file that holds it.
  public struct Item: Sendable {
    /// Index into `files`.
    public let file: Int
    public let block: LogBlock
    public let instant: InstantTime
  }

  /// One log file of the slice.
  struct Source: Sendable {
    let log: LogFile
    let path: StoragePath
    let committed: [Range<Int>]
    /// Kept for slices of few files.
    let reader: LogFileReader?
  }

  /// Files kept open between the walk over the headers and the reading of contents.
  private static let openFilesMax = 32

  /// The log files, in merge order.
  public let files: [LogFile]
  /// The blocks to merge, in merge order; data and delete blocks only.
  public let items: [Item]
  /// Stretches that hold no block and were passed over.
  public let gapCount: Int
  /// Blocks taken back by rollback commands.
  public let rolledBackCount: Int
  let sources: [Source]
  let storage: any Storage
  let limits: Limits

  /// - Parameters:
  ///   - directory: of the slice's partition.
  ///   - files: log files of the slice in any order; change logs are left out. [LOG-18]
  ///   - wholeBytes: files of at most this many bytes are read whole, once; larger ones block by
  ///     block, headers first.
  ///   - committed: of each file, what completed commits recorded of it (`WriteStat.logRange`);
  ///     damage inside is an error, elsewhere it is passed over. [LOG-6]
  public init(
    _ storage: any Storage, in directory: StoragePath, _ files: [LogFile],
    _ admission: LogAdmission, committed: [LogFileName: [Range<Int>]] = [:],
    wholeBytes: Int = 0, world: World = World()
  ) throws(LakeError) {
    let ordered = files.filter { !$0.name.isCDC }.sorted { $0.name < $1.name }
    let keepsFiles = ordered.count <= Self.openFilesMax
    let limits = world.limits
    // Where nothing has to be waited for, a thread wants something to do.
    let work =
      wholeBytes > 0 ? ordered.reduce(0) { $0 &+ ($1.size ?? 0) } >> 18 : ordered.count >> 2
    let isLocal = storage.guarantees.storageClass == .local
    let workers = isLocal ? world.workers.atMost(1 + Swift.max(0, work)) : world.workers
    let walks = try workers.map(ordered) { (log: LogFile) throws(LakeError) -> Walk in
      try world.cancellation.check()
      let path = try directory.appending(log.name.text)
      let ranges = committed[log.name] ?? []
      var reader = try LogFileReader(
        storage, path, size: log.size, committed: ranges, limits: limits)
      if keepsFiles && reader.count <= wholeBytes { reader = try reader.whole() }
      return Walk(
        source: Source(
          log: log, path: path, committed: ranges, reader: keepsFiles ? reader : nil),
        blocks: try reader.allBlocks())
    }
    var order = LogOrder(admission)
    for (file, walk) in walks.enumerated() {
      for block in walk.blocks { try order.add(block, file, walk.source.path.text) }
    }
    self.files = ordered
    self.storage = storage
    self.limits = limits
    sources = walks.map(\.source)
    items = order.result()
    gapCount = order.gapCount
    rolledBackCount = order.rolledBackCount
  }

  private struct Walk: Sendable {
    let source: Source
    let blocks: [LogBlock]
  }

  public var isEmpty: Bool { items.isEmpty }

  /// Whether any block names only the columns that were assigned.
  public var hasPartialRows: Bool { items.contains { $0.block.isPartial } }

  /// Bytes of the contents of all blocks.
  public var contentBytes: Int { items.reduce(0) { $0 + $1.block.content.count } }

  /// Whether every block lists positions in the base file of `instant`: only then may a merge go by
  /// positions. [LOG-14]
  public func hasPositions(in instant: InstantTime) -> Bool {
    items.allSatisfy { $0.block.positions != nil && $0.block.positionsBase == instant }
  }

  /// The file of an item, open.
  public func reader(of item: Item) throws(LakeError) -> LogFileReader {
    let source = sources[item.file]
    if let reader = source.reader { return reader }
    return try LogFileReader(
      storage, source.path, size: source.log.size, committed: source.committed, limits: limits)
  }
}
