import Glibc
import Lake
import LakeTestKit
import Testing

@testable import LakeCLI
@testable import LakeStorage

/// Runs a program of the system and waits for it.
enum Tool {
  /// The exit status, or nil when the program cannot be started.
  static func run(_ words: [String]) -> Int32? {
    var arguments = words.map { strdup($0) } + [nil]
    let path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
    var variables = [strdup(path), nil]
    defer { for text in arguments + variables { free(text) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for stream: Int32 in 0...2 {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
    }
    var process: pid_t = 0
    guard posix_spawnp(&process, words[0], &actions, nil, &arguments, &variables) == 0 else {
      return nil
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1 && errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : nil
  }
}

/// A small file system in memory of its own, unmounted at the end.
final class SmallDisk {
  let scratch = Scratch()

  /// Whether this process may mount at all.
  static let isAllowed: Bool = (try? SmallDisk("1m")) != nil

  struct Refused: Error {}

  init(_ size: String) throws {
    let words = ["mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", scratch.path]
    guard Tool.run(words) == 0 else { throw Refused() }
  }

  deinit { _ = Tool.run(["umount", "-l", scratch.path]) }

  func remount(_ options: String) {
    #expect(Tool.run(["mount", "-o", "remount," + options, scratch.path]) == 0)
  }

  var free: Int {
    var about = statvfs()
    return statvfs(scratch.path, &about) == 0 ? Int(about.f_bavail) * Int(about.f_bsize) : -1
  }
}

/// Rows that no codec makes small.
func noise(_ rows: Int, columns: String = "id,qty,note") -> String {
  var state: UInt64 = 0x9E37_79B9_7F4A_7C15
  var text = columns + "\n"
  for row in 0..<rows {
    text += "\(row),\(row),"
    for _ in 0..<40 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text += String(state >> 8, radix: 36)
    }
    text += "\n"
  }
  return text
}

@Suite("Bad input: places")
struct BadInputPlacesTests {
  @Test("an existing table is not made again")
  func existing() {
    let victim = Victim()
    victim.refuses(["init", victim.table, "--key", "id"], "LK1006", 2, says: [victim.table])
    victim.refuses(["init", victim.table, "--key", "note", "--version", "6"], "LK1006", 2)
  }

  @Test("a file where a table should be")
  func file() {
    let scratch = Scratch()
    let file = scratch.file("t", "no table\n")
    for words in [["init", file, "--key", "id"], ["commit", file, file], ["describe", file]] {
      let run = lake(words)
      #expect(run.status != 0 && run.err.contains("error[LK"), "\(words[0]): \(run.err)")
      #expect(run.out.isEmpty)
    }
    #expect(Scratch.read(file) == ascii("no table\n"))
  }

  @Test("a read-only file system", .enabled(if: SmallDisk.isAllowed, "mounting is not allowed"))
  func readOnly() throws {
    let disk = try SmallDisk("4m")
    let victim = Victim(in: disk.scratch)
    let next = disk.scratch.file("next.csv", "id,qty,note\n3,7,c\n")
    disk.remount("ro")
    victim.refuses(
      ["commit", victim.table, next], "LK4006", 1,
      says: ["Read-only file system", "nothing was committed"])
    victim.refuses(["init", disk.scratch.path + "/u", "--key", "id"], "LK4006", 1)
    victim.refuses(["read", victim.table, "--out", disk.scratch.path + "/x.csv"], "LK4006", 1)
    disk.remount("rw")
    let run = lake(["commit", victim.table, next])
    #expect(run.status == 0, "\(run.err)")
    #expect(lake(["read", victim.table]).lines.count == 3)
    victim.isInOrder()
  }

  @Test("a full disk", .enabled(if: SmallDisk.isAllowed, "mounting is not allowed"))
  func full() throws {
    let disk = try SmallDisk("1m")
    let victim = Victim(in: disk.scratch)
    let elsewhere = Scratch()
    let large = elsewhere.file("large.csv", noise(8000))
    let data = victim.paths(".parquet")
    let free = disk.free
    for operation in ["upsert", "insert", "bulk_insert"] {
      victim.refuses(
        ["commit", victim.table, large, "-o", operation], "LK4005", 13,
        says: ["No space left on device", "nothing was committed"])
      #expect(victim.paths(".parquet") == data)
      #expect(disk.free > free - 65_536, "\(operation): \(free) before, \(disk.free) after")
    }
    let out = lake(["read", large, "--out", disk.scratch.path + "/copy.csv"])
    #expect(out.status == 13 && out.err.contains("error[LK4005]: "), "\(out.err)")
    #expect(disk.free > free - 65_536)
    disk.remount("size=32m")
    let run = lake(["commit", victim.table, large])
    #expect(run.status == 0, "\(run.err)")
    #expect(lake(["read", victim.table, "--select", "id"]).lines.count == 8000)
    victim.isInOrder()
  }

  @Test("no space for a table at all", .enabled(if: SmallDisk.isAllowed, "mounting is not allowed"))
  func noSpace() throws {
    let disk = try SmallDisk("64k")
    disk.scratch.bytes("fill", [UInt8](repeating: 1, count: 1 << 17))
    let table = disk.scratch.path + "/t"
    let run = lake(["init", table, "--key", "id"])
    #expect(run.status == 13 && run.err.contains("error[LK4005]: "), "\(run.status) \(run.err)")
    TemporaryFolder.remove(disk.scratch.path + "/fill")
    #expect(lake(["describe", table]).status == 7)
    #expect(lake(["init", table, "--key", "id"]).status == 0)
  }

  @Test(
    "no permission",
    .enabled(if: getuid() == 0 && Spawned.command != nil, "only root can become somebody else"))
  func permission() throws {
    let victim = Victim()
    let next = victim.scratch.file("next.csv", "id,qty,note\n3,7,c\n")
    chmod(victim.scratch.path, 0o755)
    let other = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]
    let made = victim.scratch.path + "/u"
    for words in [["commit", victim.table, next], ["init", made, "--key", "a"]] {
      let run = try #require(Spawned(words, through: ["/usr/bin/setpriv"] + other))
      let end = run.end()
      if end.err.contains("setpriv: ") { return }
      #expect(end.status == 1, "\(end.err)")
      #expect(end.err.contains("error[LK4004]: ") && end.err.contains("Permission denied"))
      victim.isUnchanged()
    }
    let run = try #require(Spawned(["read", victim.table], through: ["/usr/bin/setpriv"] + other))
    #expect(run.end().status == 0)
  }

  @Test("few descriptors", .enabled(if: Spawned.command != nil, "the command is not built"))
  func descriptors() throws {
    let columns = ["--columns", "id int not null, p int", "--partition", "p"]
    let victim = Victim(columns, rows: "id,p\n0,0\n")
    var text = "id,p\n"
    for number in 0..<300 { text += "\(number),\(number)\n" }
    let file = victim.scratch.file("many.csv", text)
    let few = try #require(
      Spawned(["commit", victim.table, file], through: ["/usr/bin/prlimit", "--nofile=10"]))
    let end = few.end()
    #expect(end.status == 13, "\(end.err)")
    #expect(end.err.contains("error[LK4010]: "), "\(end.err)")
    // What the write could not take back itself, the next one does.
    for round in 1...2 {
      let run = try #require(
        Spawned(["commit", victim.table, file], through: ["/usr/bin/prlimit", "--nofile=64"]))
      let end = run.end()
      #expect(end.status == 0, "round \(round): \(end.err)")
    }
    let read = try #require(
      Spawned(["read", victim.table], through: ["/usr/bin/prlimit", "--nofile=64"]))
    #expect(read.end().out.split(separator: "\n").count == 300)
    victim.isInOrder()
  }

  @Test("a write-back mount is refused and stays as it was (S01)")
  func writeBack() throws {
    let victim = Victim()
    let line = "36 35 0:4 / \(victim.table) rw,noatime shared:1 - fuse.juicefs JuiceFS:x rw"
    for line in [line, line.replacing("fuse.juicefs JuiceFS:x", with: "fuse.sshfs host:/x")] {
      let facts = StorageFacts(magic: 0x6573_5546, mount: MountEntry(line: line))
      let storage = try LocalStorage(root: victim.table, world: World(), facts: facts)
      guard storage.describeStorage().refusal?.code == .volatileStorage else { continue }
      let table = try LakeTable.open(storage)
      let rows = try InputFiles([victim.good], InputOptions(), World())
      var refusal: LakeError?
      do throws(LakeError) { _ = try table.commit(.upsert, rows) } catch { refusal = error }
      let error = try #require(refusal, "committed on \(line)")
      #expect(error.code == .volatileStorage && error.kind.exitStatus == 8, "\(error)")
      #expect(error.message.hasPrefix("storage: \(victim.table) is a write-back mount ("))
      #expect(error.message.contains("Writing is refused."))
      #expect(error.message.contains("storage.allow-volatile=true"))
      victim.isUnchanged()
      return
    }
    Issue.record("neither mount counts as write-back")
  }
}
