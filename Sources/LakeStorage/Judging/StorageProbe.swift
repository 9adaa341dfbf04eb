// Spec: 15-storage. Trying what a commit needs, on a few small files (R2).
import LakeBase

/// The operations a probe tries, all in one empty directory.
protocol ProbeGround {
  func create(_ name: String) throws(SystemFailure)
  func link(_ name: String, _ other: String) throws(SystemFailure)
  func renameWithoutReplacing(_ name: String, _ other: String) throws(SystemFailure)
  /// Writes, reads back through the same handle, and writes again at the beginning.
  func rewrite(_ name: String) throws(SystemFailure)
  func sync(_ name: String) throws(SystemFailure)
  func syncFolder() throws(SystemFailure)
  /// Whether a second lock on the same file is refused while the first is held.
  func lockExcludes(_ name: String) throws(SystemFailure) -> Bool
  func names() throws(SystemFailure) -> [String]
  func modified(_ name: String) throws(SystemFailure) -> Int64
}

/// One probe. It makes at most twelve files; its findings lower a class and never raise it.
struct StorageProbe {
  /// Names lake needs to come back as they were given: partition values, escapes, accents in both
  /// forms.
  static let neededNames = [
    "day=2024-01-01", "p%3Aq", "c:d", "two words", "\u{E9}t\u{E9}", "e\u{301}",
  ]

  private let ground: any ProbeGround
  /// The file system's type, since one finding reads differently on rclone.
  private let fileSystem: String
  private var findings = ProbeFindings()

  /// Error numbers that mean "taken", as the system gives them.
  private let taken: Int32 = 17

  static func run(on ground: any ProbeGround, fileSystem: String) -> ProbeFindings {
    var probe = StorageProbe(ground: ground, fileSystem: fileSystem)
    probe.exclusiveCreation()
    probe.publication()
    probe.rewriting()
    probe.durability()
    probe.locks()
    probe.names()
    return probe.findings
  }

  private init(ground: any ProbeGround, fileSystem: String) {
    self.ground = ground
    self.fileSystem = fileSystem
  }

  private enum Answer { case done, taken, failed(SystemFailure) }

  private func answer(_ body: () throws(SystemFailure) -> Void) -> Answer {
    do throws(SystemFailure) {
      try body()
      return .done
    } catch {
      return error.number == taken ? .taken : .failed(error)
    }
  }

  private mutating func lose(_ guarantee: StorageGuarantees, _ why: String) {
    findings.lost.insert(guarantee)
    findings.evidence.append("probe: " + why)
  }

  private mutating func exclusiveCreation() {
    let first = answer { () throws(SystemFailure) in try ground.create("one") }
    let second = answer { () throws(SystemFailure) in try ground.create("one") }
    if case .done = first, case .taken = second { return }
    lose(.exclusiveCreate, "a second exclusive creation of a name is not refused")
    findings.missingPrimitive = "exclusive creation"
  }

  private mutating func publication() {
    let free = answer { () throws(SystemFailure) in try ground.link("one", "two") }
    let again = answer { () throws(SystemFailure) in try ground.link("one", "two") }
    switch (free, again) {
    case (.done, .taken): break
    case (.failed(let failure), _): lose(.link, "no link (\(failure.text))")
    default: lose(.link, "link does not refuse a taken name")
    }
    _ = answer { () throws(SystemFailure) in try ground.create("three") }
    let onTaken = answer { () throws(SystemFailure) in
      try ground.renameWithoutReplacing("three", "one")
    }
    let onFree = answer { () throws(SystemFailure) in
      try ground.renameWithoutReplacing("three", "four")
    }
    if case .taken = onTaken, case .done = onFree {
    } else {
      lose(.renameWithoutReplace, "no rename that refuses a taken name")
    }
    let needed: StorageGuarantees = [.link, .renameWithoutReplace]
    if findings.lost.isSuperset(of: needed) {
      findings.missingPrimitive = findings.missingPrimitive ?? "link and no-replace rename"
    }
  }

  private mutating func rewriting() {
    let worked = answer { () throws(SystemFailure) in try ground.rewrite("one") }
    switch (worked, fileSystem) {
    case (.done, "fuse.rclone"):
      // Without a cache rclone cannot do this; with one it acknowledges before it stores.
      findings.writesBack = true
      findings.evidence.append("probe: rewriting works, so rclone caches writes")
    case (.done, _), (_, "fuse.rclone"): break
    default: findings.evidence.append("probe: a file cannot be rewritten in place")
    }
  }

  private mutating func durability() {
    let file = answer { () throws(SystemFailure) in try ground.sync("one") }
    let folder = answer { () throws(SystemFailure) in try ground.syncFolder() }
    if case .done = file, case .done = folder { return }
    lose(.durableSync, "fsync of a file or directory fails")
    findings.missingPrimitive = findings.missingPrimitive ?? "fsync"
  }

  private mutating func locks() {
    if (try? ground.lockExcludes("one")) == true { return }
    lose(.locks, "two locks on one file do not exclude each other")
    findings.missingPrimitive = findings.missingPrimitive ?? "flock that excludes"
  }

  private mutating func names() {
    var made: [String] = []
    for name in Self.neededNames {
      guard case .done = answer({ () throws(SystemFailure) in try ground.create(name) }) else {
        findings.changedName = findings.changedName ?? (name, "an error")
        continue
      }
      made.append(name)
    }
    let listed = (try? ground.names()) ?? []
    // Swift compares text up to normal form; names are compared by bytes.
    let bytes = Set(listed.map { Array($0.utf8) })
    for name in made where !bytes.contains(Array(name.utf8)) {
      let like = listed.first { $0 == name } ?? "another name"
      findings.changedName = findings.changedName ?? (name, like)
    }
    if let changed = findings.changedName {
      findings.evidence.append("probe: the name \(changed.wanted) comes back as \(changed.got)")
    }
    if case .taken = answer({ () throws(SystemFailure) in try ground.create("ONE") }) {
      findings.evidence.append("probe: names that differ in case only are one name")
    }
    if let modified = try? ground.modified("one"), modified % 1000 == 0 {
      findings.evidence.append("probe: modification times are whole seconds, it seems")
    }
  }
}
