// Spec: 13-concurrency. The critical section: a kernel lock on a file that is never deleted (R14).
import LakeBase

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The gate as this storage sees it.
struct GateState {
  /// Whether a thread of this storage is inside.
  var isInside = false
  /// The gate file, opened once.
  var file: Descriptor?
}

extension LocalStorage {
  public func withGate<T>(
    wait milliseconds: Int64, _ body: () throws(LakeError) -> T
  ) throws(LakeError) -> T {
    try enterGate(wait: milliseconds)
    defer { leaveGate() }
    return try body()
  }

  private func enterGate(wait milliseconds: Int64) throws(LakeError) {
    let started = world.clock.monotonic()
    var slept: Int64 = 0
    var pause: Int64 = 1
    while !(try tryGate()) {
      try world.cancellation.check()
      // Both clocks count: a test's clock may stand still.
      let waited = Swift.max(slept, world.clock.monotonic() - started)
      guard waited < milliseconds else { throw busy(milliseconds) }
      // Jitter, so that waiters do not come back together.
      let span = UInt64(Swift.max(1, Swift.min(pause, milliseconds - waited)))
      let rest = Int64(1 + world.random.next() % span)
      world.clock.sleep(milliseconds: rest)
      slept += rest
      pause = Swift.min(pause * 2, 25)
    }
  }

  /// Takes the lock if it is free.
  private func tryGate() throws(LakeError) -> Bool {
    try gate.withLock { state throws(LakeError) in
      if state.isInside { return false }
      let path = try StoragePath(TableNames.gate)
      if state.file == nil { state.file = try openGate(path) }
      guard let file = state.file else { return false }
      let locked = try telling("cannot lock", path, writing: true) { () throws(SystemFailure) in
        guard try Syscalls.tryLock(file) else { return false }
        // A table that was removed and made again has another gate.
        if try Syscalls.status(of: file).links > 0 { return true }
        Syscalls.unlock(file)
        state.file = nil
        return false
      }
      if locked {
        state.isInside = true
        describeOwner()
      }
      return locked
    }
  }

  private func leaveGate() {
    gate.withLock { state in
      if let file = state.file { Syscalls.unlock(file) }
      state.isInside = false
    }
  }

  private func openGate(_ path: StoragePath) throws(LakeError) -> Descriptor {
    if try entry(path) == nil { try makeDirectory(path.parent) }
    return try telling("cannot open the gate", path, writing: true) { () throws(SystemFailure) in
      let parent = try folder(path.parent, writing: true)
      let file = try Syscalls.openOrCreate(parent, path.name)
      guard try Syscalls.status(of: file).kind == .file else { throw SystemFailure(ENXIO) }
      return file
    }
  }

  /// Leaves a note for those who wait. It decides nothing, so its failures do not matter.
  private func describeOwner() {
    guard let path = try? StoragePath(TableNames.gateOwner),
      let parent = try? folder(path.parent, writing: true),
      let file = try? Syscalls.openOrCreate(parent, path.name)
    else { return }
    let note = """
      host=\(identity.host)
      pid=\(Syscalls.processNumber())
      boot=\(identity.boot)
      since=\(world.clock.now())

      """
    try? Syscalls.empty(file)
    try? Syscalls.writeAt(file, Array(note.utf8), offset: 0)
  }

  private func busy(_ milliseconds: Int64) -> LakeError {
    var owner = "another writer"
    if let path = try? StoragePath(TableNames.gateOwner),
      let note = try? readAll(path, limit: 4096).lossyText
    {
      let facts = Self.facts(in: note)
      if let pid = facts["pid"], let host = facts["host"] {
        owner = "process \(pid) on \(host)"
        if let since = facts["since"].flatMap(Int64.init) {
          owner += ", for \(Swift.max(0, world.clock.now() - since)) ms"
        }
      }
    }
    return LakeError(
      .lockBusy,
      "the table is locked by \(owner); waited \(milliseconds) ms; nothing was committed",
      path: TableNames.gate, hint: "run the same command again, or wait longer with lock.wait",
      facts: [("owner", owner)])
  }

  /// The note's lines, printable characters only (I25).
  private static func facts(in note: String) -> [String: String] {
    var facts: [String: String] = [:]
    for line in note.split(separator: "\n").prefix(16) {
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let value = parts[1].unicodeScalars.prefix(128).map { scalar in
        scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F ? Character(scalar) : "?"
      }
      facts[String(parts[0])] = String(value)
    }
    return facts
  }
}
