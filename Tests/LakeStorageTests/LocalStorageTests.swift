// The local storage against a real file system, real locks and real processes.
import LakeBase
import LakeTestKit
import Synchronization
import Testing

@testable import LakeStorage

#if canImport(Glibc)
  import Glibc
#endif

/// A child process that is killed at the end.
final class Child: Sendable {
  let number: pid_t

  /// Nil when the program cannot be started.
  init?(_ arguments: [String]) {
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    var number = pid_t()
    guard posix_spawnp(&number, arguments[0], nil, nil, pointers, environ) == 0 else { return nil }
    self.number = number
  }

  /// The exit status, waiting for it.
  @discardableResult
  func wait() -> Int32 {
    var status: Int32 = 0
    waitpid(number, &status, 0)
    return (status >> 8) & 0xFF
  }

  func end() {
    kill(number, SIGKILL)
    wait()
  }
}

/// Whether this process may mount file systems (root, and the sandbox lets it).
let canMount: Bool = {
  guard geteuid() == 0 else { return false }
  let folder = TemporaryFolder("mount")
  guard Child(["mount", "-t", "tmpfs", "-o", "size=64k", "lake", folder.path])?.wait() == 0 else {
    return false
  }
  return Child(["umount", folder.path])?.wait() == 0
}()

@Suite struct LocalStorageTests {
  private func path(_ text: String) throws -> StoragePath { try StoragePath(text) }

  private func code(_ body: () throws -> Void) -> LakeCode? {
    do { try body() } catch { return (error as? LakeError)?.code }
    return nil
  }

  private func local(_ folder: TemporaryFolder) throws -> LocalStorage {
    try LocalStorage(root: folder.path, world: World())
  }

  private func openDescriptors() throws -> Int { try Fixtures.names("/proc/self/fd").count }

  @Test(
    "links, pipes, directories and sockets in place of files are refused, not followed",
    .spec("STORE-4"), arguments: [Resolution.kernel, .segments])
  func debris(_ resolution: Resolution) throws {
    let folder = TemporaryFolder("debris")
    let root = folder.path
    mkdir(root + "/in", 0o755)
    mkdir(root + "/in/d", 0o755)
    fclose(fopen(root + "/in/file", "w"))
    fclose(fopen(root + "/secret", "w"))
    symlink("../secret", root + "/in/out")
    symlink("file", root + "/in/inside")
    symlink("/etc", root + "/in/etc")
    symlink("d", root + "/in/d2")
    mkfifo(root + "/in/pipe", 0o644)
    var others = ["pipe"]
    // Only the superuser makes devices.
    if mknod(root + "/in/null", S_IFCHR | 0o666, dev_t(1 << 8 | 3)) == 0 { others.append("null") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array((root + "/in/socket").utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { space in
      if name.count < space.count { space.copyBytes(from: name) }
    }
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    let isBound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    if isBound { others.append("socket") }
    #expect(others.contains("socket"))
    let top = try Syscalls.root(root + "/in")
    func opens(_ name: String) -> Int32? {
      do throws(SystemFailure) {
        _ = try Syscalls.openBeneath(top, name, O_RDONLY, by: resolution)
        return nil
      } catch { return error.number }
    }
    #expect(opens("file") == nil)
    for name in ["out", "inside", "etc", "etc/passwd", "d2", "d2/x"] {
      let number = try #require(opens(name), "\(name) was opened")
      #expect(SystemFailure(number).code == .notRegularFile, "\(name): \(number)")
    }
    if resolution == .kernel { #expect(opens("../secret") == EXDEV) }
    let storage = try LocalStorage(root: root + "/in", world: World())
    for name in ["out", "inside", "d", "etc/passwd"] + others {
      #expect(code { _ = try storage.open(try path(name)) } == .notRegularFile, "\(name)")
    }
    #expect(code { _ = try storage.create(try path("out")) } == .fileExists)
    #expect(code { _ = try storage.create(try path("d2/x")) } == .notRegularFile)
    #expect(code { try storage.makeDirectory(try path("etc/x")) } == .notRegularFile)
    #expect(try storage.list(.root).first { $0.name == "pipe" }?.kind == .other)
    #expect(try storage.list(.root).first { $0.name == "out" }?.kind == .other)
    #expect(try storage.delete(try path("out")))
    #expect(access(root + "/secret", F_OK) == 0, "the link went, not what it points to")
  }

  @Test("the root may be a link, must be a directory, and can be made", .spec("STORE-4"))
  func roots() throws {
    let folder = TemporaryFolder("root")
    symlink(".", folder.path + "/link")
    _ = try LocalStorage(root: folder.path + "/link", world: World())
    _ = try LocalStorage(root: folder.path + "/a/b/c/", world: World(), createRoot: true)
    #expect(access(folder.path + "/a/b/c", F_OK) == 0)
    fclose(fopen(folder.path + "/file", "w"))
    #expect(
      code { _ = try LocalStorage(root: folder.path + "/no", world: World()) } == .fileNotFound)
    #expect(
      code { _ = try LocalStorage(root: folder.path + "/file", world: World()) } == .notRegularFile)
  }

  @Test("a listing of names has the names and kinds of the whole one", .spec("STORE-51"))
  func names() throws {
    let folder = TemporaryFolder("names")
    let storage = try local(folder)
    _ = try storage.publish(Buffer([1, 2, 3]), at: path("b"), .ifAbsent)
    _ = try storage.publish(Buffer(), at: path("a\u{308}"), .ifAbsent)
    try storage.makeDirectory(path("d"))
    #expect(symlink("b", folder.path + "/l") == 0 && mkfifo(folder.path + "/p", 0o600) == 0)
    let whole = try storage.list(StoragePath(""))
    let names = try storage.listNames(StoragePath(""))
    func kinds(_ names: FileNames) -> [String] {
      (0..<names.count).map { "\(Array(names.bytes[names.range($0)])) \(names.kinds[$0])" }.sorted()
    }
    #expect(kinds(names) == kinds(FileNames(whole)) && names.count == 5)
    #expect(kinds(names).contains("\(Array("a\u{308}".utf8)) file"))
    #expect(names.modified.isEmpty && FileNames(whole).modified == whole.map(\.modified))
    #expect(code { _ = try storage.listNames(path("none")) } == .fileNotFound)
  }

  @Test("what was read of a mapped file is given back, and read again", .spec("STORE-53"))
  func released() throws {
    let folder = TemporaryFolder("released")
    let storage = try local(folder)
    let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    let sink = try storage.create(try path("big"))
    try bytes.withUnsafeBytes { try sink.write($0) }
    _ = try sink.finish()
    let source = try storage.open(try path("big"), expectedSize: bytes.count)
    let whole = try source.read(0..<bytes.count)
    #expect(whole == Buffer(bytes))
    let resident = try residentKiB(of: whole)
    #expect(resident == 1_024)
    source.release(10_000..<bytes.count - 10_000)
    let left = try residentKiB(of: whole)
    #expect(left > 0 && left < 64)
    #expect(whole == Buffer(bytes))
    #expect(try residentKiB(of: whole) == 1_024)
  }

  /// Memory that the process holds of the mapping that a buffer lies in.
  private func residentKiB(of buffer: Buffer) throws -> Int {
    let text = String(decoding: try Fixtures.bytes("/proc/self/smaps"), as: UTF8.self)
    let address = UInt(bitPattern: buffer.pointer)
    var isHere = false
    for line in text.split(separator: "\n") {
      let range = line.prefix { $0 != " " }.split(separator: "-").map { UInt($0, radix: 16) }
      if range.count == 2, let start = range[0], let end = range[1] {
        isHere = start <= address && address < end
      } else if isHere, line.hasPrefix("Rss:") {
        return Int(line.split(separator: " ")[1]) ?? -1
      }
    }
    return -1
  }

  @Test("a name that is not UTF-8 is listed as something nobody opens", .spec("STORE-3"))
  func notUTF8() throws {
    let folder = TemporaryFolder("bytes")
    var name = Array(folder.path.utf8CString.dropLast()) + [47, -1, -2, 0]
    fclose(fopen(&name, "w"))
    let storage = try local(folder)
    #expect(try storage.list(.root).map(\.kind) == [.other])
  }

  @Test(
    "what the system says, by code", .spec("STORE-40"),
    arguments: [
      (ENOSPC, LakeCode.diskFull), (EDQUOT, .diskFull), (EROFS, .readOnlyFileSystem),
      (EACCES, .permissionDenied), (EPERM, .permissionDenied), (EMFILE, .descriptorsExhausted),
      (ENFILE, .descriptorsExhausted), (ENOENT, .fileNotFound), (EEXIST, .fileExists),
      (ELOOP, .notRegularFile), (ENXIO, .notRegularFile), (ENOTDIR, .notRegularFile),
      (EIO, .ioFailed), (ESTALE, .ioFailed), (ENOTCONN, .ioFailed), (ETIMEDOUT, .ioFailed),
      (ENAMETOOLONG, .pathInvalid), (EXDEV, .nameNotPreserved),
    ])
  func codes(_ number: Int32, _ code: LakeCode) throws {
    let error = SystemFailure(number).lakeError("cannot write", try path("a/b"), writing: true)
    #expect(error.code == code)
    #expect(error.path == "a/b")
    #expect(error.message.contains(SystemFailure(number).text))
    #expect(error.message.hasSuffix("; nothing was committed"))
  }

  @Test("few descriptors stay open whatever is written", .spec("STORE-11"))
  func descriptors() throws {
    let folder = TemporaryFolder("many")
    let storage = try local(folder)
    let before = try openDescriptors()
    for number in 0..<300 {
      let sink = try storage.create(try path("f\(number)"))
      try sink.write([1])
      _ = try sink.finish()
    }
    #expect(try openDescriptors() - before < 90)
    try storage.settleAll()
    #expect(try openDescriptors() - before < 20)
    for number in 0..<300 { _ = try storage.open(try path("f\(number)")) }
    #expect(try storage.list(.root).count == 300)
  }

  @Test("a file that became shorter while it was open is an error", .spec("STORE-8"))
  func shrinking() throws {
    let folder = TemporaryFolder("shrink")
    let storage = try local(folder)
    let sink = try storage.create(try path("f"))
    try sink.write([UInt8](repeating: 1, count: 100_000))
    _ = try sink.finish()
    let source = try storage.open(try path("f"))
    truncate(folder.path + "/f", 50_000)
    #expect(try source.read(0..<50_000).count == 50_000)
    #expect(code { _ = try source.read(40_000..<60_000) } == .fileTruncated)
  }

  @Test("one thread at a time is inside, whichever storage it came through", .spec("CONC-1"))
  func exclusion() throws {
    let folder = TemporaryFolder("gate")
    let storages = [try local(folder), try local(folder), try local(folder)]
    let inside = Atomic<Int>(0)
    let worst = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    _ = try Workers(width: 6).map(Array(0..<120)) { number throws(LakeError) in
      try storages[number % 3].withGate(wait: 20_000) { () throws(LakeError) in
        let here = inside.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
        worst.max(here, ordering: .sequentiallyConsistent)
        inside.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        done.wrappingAdd(1, ordering: .sequentiallyConsistent)
      }
    }
    #expect(worst.load(ordering: .sequentiallyConsistent) == 1)
    #expect(done.load(ordering: .sequentiallyConsistent) == 120)
  }

  @Test("who waits in vain hears who holds the gate", .spec("CONC-6"))
  func busy() throws {
    let folder = TemporaryFolder("busy")
    let (one, two) = (try local(folder), try local(folder))
    try one.withGate(wait: 0) { () throws(LakeError) in
      do throws(LakeError) {
        try two.withGate(wait: 30) { () throws(LakeError) in }
        Issue.record("both were inside")
      } catch {
        #expect(error.code == .lockBusy)
        #expect(error.message.contains("process \(getpid()) on "))
        #expect(error.message.contains("nothing was committed"))
      }
    }
    // A clock that stands still must not make anybody wait for ever.
    var world = World()
    world.clock = FixedClock(5)
    let three = try LocalStorage(root: folder.path, world: world)
    let thrown = code {
      try one.withGate(wait: 0) { () throws(LakeError) in
        try three.withGate(wait: 50) { () throws(LakeError) in }
      }
    }
    #expect(thrown == .lockBusy)
  }

  @Test("an owner note that was tampered with is shown without control characters", .spec("CONC-6"))
  func hostileOwner() throws {
    let folder = TemporaryFolder("owner")
    let (one, two) = (try local(folder), try local(folder))
    try one.withGate(wait: 0) { () throws(LakeError) in }
    let child = Child(["flock", folder.path + "/" + TableNames.gate, "sleep", "30"])
    guard let child else { return }
    defer { child.end() }
    let file = fopen(folder.path + "/" + TableNames.gateOwner, "w")
    fputs("host=\u{1B}[31mevil\npid=1\u{202E}\n", file)
    fclose(file)
    var last: LakeError?
    for _ in 0..<200 where last == nil {
      do throws(LakeError) {
        try two.withGate(wait: 1) { () throws(LakeError) -> Void in usleep(5000) }
      } catch {
        last = error
      }
    }
    let error = try #require(last)
    #expect(error.message.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 })
  }

  @Test(
    "a holder that is killed frees the gate at once; one that is stopped keeps it",
    .spec("CONC-7"))
  func killedHolder() throws {
    let folder = TemporaryFolder("killed")
    let storage = try local(folder)
    try storage.withGate(wait: 0) { () throws(LakeError) in }
    let gate = folder.path + "/" + TableNames.gate
    guard let child = Child(["flock", "--no-fork", gate, "sleep", "60"]) else { return }
    var isHeld = false
    for _ in 0..<400 where !isHeld {
      usleep(5000)
      isHeld = code { try storage.withGate(wait: 0) { () throws(LakeError) in } } == .lockBusy
    }
    #expect(isHeld)
    kill(child.number, SIGSTOP)
    #expect(code { try storage.withGate(wait: 300) { () throws(LakeError) in } } == .lockBusy)
    child.end()
    try storage.withGate(wait: 1000) { () throws(LakeError) in }
  }

  @Test("a gate that was removed with its table is made anew", .spec("CONC-7"))
  func removedGate() throws {
    let folder = TemporaryFolder("removed")
    let storage = try local(folder)
    try storage.withGate(wait: 0) { () throws(LakeError) in }
    TemporaryFolder.remove(folder.path + "/.hoodie")
    let other = try local(folder)
    try other.withGate(wait: 0) { () throws(LakeError) in
      let inner = code { try storage.withGate(wait: 20) { () throws(LakeError) in } }
      #expect(inner == .lockBusy)
    }
    try storage.withGate(wait: 0) { () throws(LakeError) in }
  }

  @Test("whose heartbeat is whose", .spec("CONC-9", "CONC-10"))
  func heartbeats() throws {
    let folder = TemporaryFolder("beat")
    let storage = try local(folder)
    let beat = try storage.heartbeat("1")
    let other = try local(folder)
    #expect(try !other.writerIsDead("1"))
    #expect(try !storage.writerIsDead("1"))
    let content = try storage.readAll(try path(".hoodie/.heartbeat/1"), limit: 99).lossyText
    #expect(content.hasPrefix("lake.writer="))
    #expect(try storage.list(try path(".hoodie/.locks/lake")).isEmpty, "nothing prepared is left")
    // Left by a process that died: our mark, no lock.
    let file = fopen(folder.path + "/.hoodie/.heartbeat/2", "w")
    fputs("lake.writer=x\n", file)
    fclose(file)
    #expect(try storage.writerIsDead("2"))
    #expect(try storage.writerIsDead("2"), "looking does not take the lock")
    // Hudi's own: empty. Only time can tell.
    fclose(fopen(folder.path + "/.hoodie/.heartbeat/3", "w"))
    #expect(try !storage.writerIsDead("3"))
    try other.delete(try path(".hoodie/.heartbeat/1"))
    #expect(code { try beat.beat() } == .writeAborted)
  }

  @Test("a heartbeat ends with its process", .spec("CONC-9"))
  func killedWriter() throws {
    let folder = TemporaryFolder("writer")
    let storage = try local(folder)
    try storage.makeDirectory(try path(".hoodie/.heartbeat"))
    let name = folder.path + "/.hoodie/.heartbeat/1"
    let file = fopen(name, "w")
    fputs("lake.writer=x\n", file)
    fclose(file)
    guard let child = Child(["flock", "--no-fork", name, "sleep", "60"]) else { return }
    var isAlive = false
    for _ in 0..<400 where !isAlive {
      usleep(5000)
      isAlive = try !storage.writerIsDead("1")
    }
    #expect(isAlive)
    child.end()
    #expect(try storage.writerIsDead("1"))
  }

  @Test(
    "a full disk: the file is gone, the code says why, the next write succeeds",
    .spec("STORE-41"), .enabled(if: canMount, "needs the right to mount"))
  func diskFull() throws {
    let folder = TemporaryFolder("full")
    #expect(Child(["mount", "-t", "tmpfs", "-o", "size=256k", "lake", folder.path])?.wait() == 0)
    defer { Child(["umount", "-l", folder.path])?.wait() }
    let storage = try local(folder)
    let sink = try storage.create(try path("big"))
    let failed = code {
      for _ in 0..<40 { try sink.write([UInt8](repeating: 1, count: 65_536)) }
      _ = try sink.finish()
    }
    #expect(failed == .diskFull)
    #expect(code { try sink.write([1]) } == .diskFull)
    #expect(try storage.list(.root).isEmpty)
    let publication = code {
      _ = try storage.publish(
        Buffer([UInt8](repeating: 1, count: 1 << 20)), at: try path("i"), .ifAbsent)
    }
    #expect(publication == .diskFull)
    #expect(try storage.list(.root).isEmpty)
    #expect(try storage.publish(Buffer(utf8: "x"), at: try path("i"), .ifAbsent) == .done)
    #expect(storage.guarantees.contains(.isVolatile))
    #expect(Child(["mount", "-o", "remount,ro", folder.path])?.wait() == 0)
    #expect(
      code { _ = try storage.publish(Buffer(utf8: "x"), at: try path("j"), .ifAbsent) }
        == .readOnlyFileSystem)
    #expect(code { _ = try storage.create(try path("k")) } == .readOnlyFileSystem)
    #expect(code { try storage.makeDirectory(try path("k")) } == .readOnlyFileSystem)
  }

  @Test(
    "a table that spans file systems is not written to", .spec("STORE-24"),
    .enabled(if: canMount, "needs the right to mount"))
  func spanning() throws {
    let folder = TemporaryFolder("span")
    mkdir(folder.path + "/p", 0o755)
    #expect(Child(["mount", "-t", "tmpfs", "lake", folder.path + "/p"])?.wait() == 0)
    defer { Child(["umount", "-l", folder.path + "/p"])?.wait() }
    let storage = try local(folder)
    #expect(code { _ = try storage.create(try path("p/x")) } == .nameNotPreserved)
    #expect(code { try storage.makeDirectory(try path("p/x")) } == .nameNotPreserved)
    #expect(try storage.list(try path("p")).isEmpty, "reading is allowed")
  }

  @Test("the barrier passes over files and directories that are gone", .spec("CONC-11"))
  func barrier() throws {
    let folder = TemporaryFolder("barrier")
    let storage = try local(folder)
    try storage.makeDirectory(try path("a/b/c"))
    for number in 0..<5 {
      let sink = try storage.create(try path("a/b/c/f\(number)"))
      try sink.write([UInt8](repeating: 3, count: 9))
      _ = try sink.finish()
    }
    try storage.delete(try path("a/b/c/f3"))
    try storage.makeDirectory(try path("gone/x"))
    try storage.delete(try path("gone/x"))
    try storage.delete(try path("gone"))
    try storage.settleAll()
    try storage.settleAll()
    #expect(try storage.list(try path("a/b/c")).count == 4)
  }

  @Test("whatever lake adds lies where Hudi does not look", .spec("STORE-30"))
  func ownNames() throws {
    let folder = TemporaryFolder("names")
    let storage = try local(folder)
    try storage.withGate(wait: 0) { () throws(LakeError) in }
    let beat = try storage.heartbeat("1")
    _ = try storage.probeStorage()
    var found: [String] = []
    func walk(_ place: StoragePath) throws {
      for entry in try storage.list(place) {
        let here = try place.appending(entry.name)
        if entry.kind == .directory { try walk(here) } else { found.append(here.text) }
      }
    }
    try walk(.root)
    let probe = try storage.list(try path(TableNames.probes)).map {
      "\(TableNames.probes)/\($0.name)"
    }
    #expect(
      found.sorted()
        == [".hoodie/.heartbeat/1", ".hoodie/.locks/lake/gate", ".hoodie/.locks/lake/gate.owner"]
        + probe)
    #expect(try storage.entry(try path(TableNames.gate))?.size == 0)
    beat.stop()
  }
}
