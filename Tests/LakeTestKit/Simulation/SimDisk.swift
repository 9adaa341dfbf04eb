// A disk in memory that knows what would survive a power cut.
import LakeBase
import LakeStorage
import Synchronization

/// What the simulated store guarantees (reliability plan, section 3).
public enum SimProfile: String, Sendable, CaseIterable {
  /// POSIX to the letter: a new name needs the sync of its directory.
  case strict
  /// As measured: any sync saves all names given so far, in order; data only by its own sync.
  case ext4
  /// Files are stored when they are closed; no link; a rename is a copy and a deletion.
  case object
  /// Names are kept by the server at once; the answer to a link may be lost.
  case nfs

  public var guarantees: StorageGuarantees {
    switch self {
    case .strict, .ext4:
      [
        .exclusiveCreate, .link, .atomicRename, .renameWithoutReplace, .durableSync,
        .listsAfterWrite, .locks,
      ]
    case .object: [.exclusiveCreate, .closeIsDurable, .listsAfterWrite, .ordersFiles, .locks]
    case .nfs:
      [
        .exclusiveCreate, .link, .atomicRename, .durableSync, .listsAfterWrite, .locks,
        .locksReachHosts,
      ]
    }
  }
}

/// What ended a run.
public enum SimCrash: Sendable, Hashable, CustomStringConvertible {
  /// The process was killed; the machine stayed up.
  case kill
  /// A power cut: only what was synced is left.
  case loseAll
  /// A power cut that lost nothing.
  case keepAll
  /// A power cut that left some legal mixture.
  case random(UInt64)

  public var description: String {
    switch self {
    case .kill: "kill"
    case .loseAll: "lose-all"
    case .keepAll: "keep-all"
    case .random(let seed): "random-\(seed)"
    }
  }
}

/// A name in a directory, compared by bytes.
struct SimName: Hashable, Comparable, Sendable {
  let text: String
  static func == (left: SimName, right: SimName) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }
  func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
  static func < (left: SimName, right: SimName) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}

/// A file or a directory, with what the system shows and what the medium holds.
struct SimNode: Sendable {
  let isFolder: Bool
  var bytes: [UInt8] = []
  var durable: [UInt8] = []
  /// A sync failed: later ones say yes and do nothing (R7).
  var isPoisoned = false
  /// The process that has it open for writing.
  var writer: Int?
  /// The process that holds its lock.
  var locker: Int?
  var entries: [SimName: Int] = [:]
  var durableEntries: [SimName: Int] = [:]
}

/// One change of names that is not yet certainly on the medium.
struct SimChange: Sendable {
  let folder: Int
  let removed: SimName?
  let added: (name: SimName, node: Int)?
}

/// The state of a disk. `SimDisk` guards it; `SimStorage` works on it one step at a time.
struct SimState: Sendable {
  let profile: SimProfile
  var nodes: [Int: SimNode] = [0: SimNode(isFolder: true)]
  var next = 1
  var changes: [SimChange] = []
  var dead: Set<Int> = []
  var processes = 0
  var gateHolder: Int?
  /// Whether every process is dead (power cut).
  var isDown = false
  var late: [@Sendable (inout SimState) -> Void] = []

  // MARK: Names

  func find(_ path: StoragePath) -> Int? {
    var here = 0
    if path.isRoot { return here }
    for segment in path.text.split(separator: "/") {
      guard let node = nodes[here]?.entries[SimName(text: String(segment))] else { return nil }
      here = node
    }
    return here
  }

  mutating func change(_ folder: Int, remove: SimName?, add: (SimName, Int)?) {
    if let remove { nodes[folder]?.entries[remove] = nil }
    if let add { nodes[folder]?.entries[add.0] = add.1 }
    let added = add.map { (name: $0.0, node: $0.1) }
    changes.append(SimChange(folder: folder, removed: remove, added: added))
    // A server keeps names at once.
    if profile == .object || profile == .nfs { commitNames(in: nil) }
  }

  mutating func newNode(_ node: SimNode) -> Int {
    defer { next += 1 }
    nodes[next] = node
    return next
  }

  private mutating func apply(_ change: SimChange) {
    if let removed = change.removed { nodes[change.folder]?.durableEntries[removed] = nil }
    if let added = change.added {
      nodes[change.folder]?.durableEntries[added.name] = added.node
    }
  }

  /// Makes the changes of names in one directory durable, or all of them.
  mutating func commitNames(in folder: Int?) {
    var rest: [SimChange] = []
    for change in changes {
      if folder == nil || change.folder == folder { apply(change) } else { rest.append(change) }
    }
    changes = rest
  }

  mutating func sync(file: Int) {
    if nodes[file]?.isPoisoned == false, let bytes = nodes[file]?.bytes {
      nodes[file]?.durable = bytes
    }
    if profile == .ext4 { commitNames(in: nil) }
  }

  mutating func sync(folder: Int) { commitNames(in: profile == .ext4 ? nil : folder) }

  // MARK: The end of processes

  /// A process ends; what it held is free.
  mutating func kill(_ process: Int) {
    dead.insert(process)
    if gateHolder == process { gateHolder = nil }
    for (number, node) in nodes {
      if node.locker == process { nodes[number]?.locker = nil }
      guard node.writer == process else { continue }
      nodes[number]?.writer = nil
      // An object mount publishes what there is when its writer dies.
      if profile == .object { nodes[number]?.durable = node.bytes }
    }
  }

  /// A power cut: keeps a legal part of what was not durable.
  mutating func cutPower(_ crash: SimCrash) {
    let random: SeededRandom?
    if case .random(let seed) = crash { random = SeededRandom(seed) } else { random = nil }
    isDown = true
    for number in nodes.keys.sorted() {
      guard let node = nodes[number], !node.isFolder else { continue }
      nodes[number]?.writer = nil
      nodes[number]?.locker = nil
      switch crash {
      case .kill, .keepAll: nodes[number]?.durable = node.bytes
      case .loseAll: break
      case .random:
        if let random, node.bytes != node.durable {
          nodes[number]?.durable = Self.survivor(node, random, profile)
        }
      }
    }
    let kept = survivingChanges(crash, random)
    for change in kept { apply(change) }
    changes = []
    gateHolder = nil
    for number in nodes.keys {
      guard let node = nodes[number] else { continue }
      nodes[number]?.entries = node.durableEntries
      nodes[number]?.bytes = node.durable
      nodes[number]?.isPoisoned = false
    }
    sweep()
  }

  private func survivingChanges(_ crash: SimCrash, _ random: SeededRandom?) -> [SimChange] {
    switch crash {
    case .loseAll: return []
    case .kill, .keepAll: return changes
    case .random:
      guard let random else { return [] }
      if profile == .ext4 {
        // One journal: what is kept is a beginning of it.
        return Array(changes.prefix(Int(random.next() % UInt64(changes.count + 1))))
      }
      return changes.filter { _ in random.next() & 1 == 0 }
    }
  }

  /// Some content a power cut may leave of data that was not synced.
  private static func survivor(
    _ node: SimNode, _ random: SeededRandom, _ profile: SimProfile
  ) -> [UInt8] {
    let page = 4096
    switch random.next() % 5 {
    case 0: return node.durable
    case 1: return node.bytes
    case 2:
      // Length without data.
      return node.durable
        + [UInt8](repeating: 0, count: max(0, node.bytes.count - node.durable.count))
    case 3:
      // A beginning.
      let count = Int(random.next() % UInt64(node.bytes.count + 1))
      return Array(node.bytes.prefix(max(count, 0)))
    default:
      // Each page for itself.
      var bytes = node.bytes
      var start = 0
      while start < bytes.count {
        let end = min(start + page, bytes.count)
        if random.next() & 1 == 0 {
          for index in start..<end {
            bytes[index] = index < node.durable.count ? node.durable[index] : 0
          }
        }
        start = end
      }
      return bytes
    }
  }

  /// Forgets nodes no name leads to.
  private mutating func sweep() {
    var reached: Set<Int> = []
    var waiting = [0]
    while let number = waiting.popLast() {
      guard reached.insert(number).inserted, let node = nodes[number] else { continue }
      waiting += node.entries.values
    }
    nodes = nodes.filter { reached.contains($0.key) }
  }
}

/// A simulated disk that several `SimStorage`s, each a process, work on.
public final class SimDisk: Sendable {
  let state: Mutex<SimState>
  public let profile: SimProfile

  public init(_ profile: SimProfile) {
    self.profile = profile
    state = Mutex(SimState(profile: profile))
  }

  /// Ends every process and leaves what the crash left; new `SimStorage`s may start afterwards.
  public func crash(_ crash: SimCrash) {
    state.withLock { state in
      for process in 0..<state.processes { state.kill(process) }
      if crash != .kill { state.cutPower(crash) }
      state.isDown = false
      state.late = []
    }
  }

  /// Everything so far is durable: the starting point of an exploration.
  public func settle() {
    state.withLock { state in
      for number in state.nodes.keys {
        if let bytes = state.nodes[number]?.bytes { state.nodes[number]?.durable = bytes }
      }
      state.commitNames(in: nil)
    }
  }

  /// An independent disk with the same content.
  public func copy() -> SimDisk {
    let other = SimDisk(profile)
    let snapshot = state.withLock { $0 }
    other.state.withLock { $0 = snapshot }
    return other
  }

  /// All files with their content, for messages and comparisons; by path.
  public var files: [String: [UInt8]] {
    state.withLock { state in
      var files: [String: [UInt8]] = [:]
      func walk(_ number: Int, _ path: String) {
        guard let node = state.nodes[number] else { return }
        if !node.isFolder { files[path] = node.bytes }
        for (name, child) in node.entries {
          walk(child, path.isEmpty ? name.text : path + "/" + name.text)
        }
      }
      walk(0, "")
      return files
    }
  }
}
