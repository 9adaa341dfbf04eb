import Glibc
import LakeTestKit
import Testing

@testable import LakeCLI

/// Instant files that are damaged, contradict each other or mean nothing.
@Suite("Bad input: the timeline")
struct BadInputTimelineTests {
  private static let folder = ".hoodie/timeline/"

  private static func completed(_ victim: Victim) -> String {
    victim.paths(folder).first { $0.hasSuffix(".commit") && $0.contains("_") } ?? ""
  }

  /// Reading and writing end like this and name `path`; afterwards `mend` makes the table whole.
  private static func expect(
    _ victim: Victim, _ code: String, _ status: Int32, _ path: String, _ words: [String] = [],
    reads: Bool = false, _ mend: () -> Void
  ) {
    for line in [["read", victim.table], ["commit", victim.table, victim.good]] {
      let run = lake(line)
      if line[0] == "read" && reads {
        #expect(run.status == 0 && run.lines.count == 2, "\(run.err)")
        continue
      }
      #expect(run.status == status, "\(line[0]): \(run.status) \(run.err)")
      #expect(run.err.contains("error[\(code)]: "), "\(line[0]): \(run.err)")
      for word in [path] + words { #expect(run.err.contains(word), "\(line[0]): \(run.err)") }
      #expect(run.out.isEmpty)
    }
    mend()
    victim.isUnchanged()
  }

  @Test("a completed commit that is damaged", arguments: [
    "no bytes", "garbage", "cut short", "one byte more", "a flipped byte",
  ])
  func damaged(_ how: String) {
    let victim = Victim()
    let path = Self.completed(victim)
    let whole = Scratch.read(victim.table + "/" + path)
    var bytes = whole
    var code = "LK5101"
    switch how {
    case "no bytes": (bytes, code) = ([], "LK5503")
    case "garbage": (bytes, code) = (ascii("garbage that is neither"), "LK5301")
    case "cut short": bytes.removeLast(30)
    case "one byte more": bytes.append(7)
    default: bytes[bytes.count - 5] ^= 1
    }
    Scratch.write(victim.table + "/" + path, bytes)
    let clock = ContinuousClock()
    let started = clock.now
    let run = lake(["read", victim.table])
    let took = clock.now - started
    #expect(run.status == 12, "\(how): \(run.status) \(run.err)")
    #expect(run.err.contains(path), "\(how): \(run.err)")
    #expect(run.out.isEmpty)
    // It may still be arriving: it is read again for 0.2 s before it counts as damaged.
    #expect(took >= .milliseconds(200) && took < .seconds(10), "\(how): \(took)")
    Self.expect(victim, code, 12, path) { Scratch.write(victim.table + "/" + path, whole) }
  }

  @Test("a path that leaves the table")
  func traversal() {
    let victim = Victim()
    let path = Self.completed(victim)
    let whole = Scratch.read(victim.table + "/" + path)
    let name = ascii(victim.paths(".parquet").first ?? "")
    for outside in ["../", "/", "a/../", "%2e"] {
      var bytes = whole
      var found = 0
      for at in 0..<max(0, bytes.count - name.count)
      where Array(bytes[at..<at + name.count]) == name {
        bytes.replaceSubrange(at..<at + outside.utf8.count, with: ascii(outside))
        found += 1
      }
      #expect(found > 0)
      Scratch.write(victim.table + "/" + path, bytes)
      for words in [["read", victim.table], ["commit", victim.table, victim.good]] {
        let run = lake(words)
        #expect(run.status == 12, "\(outside) \(words[0]): \(run.status) \(run.err)")
        #expect(run.err.contains("error[LK5504]: ") && run.err.contains(path), "\(run.err)")
        #expect(run.out.isEmpty)
      }
      Scratch.write(victim.table + "/" + path, whole)
      victim.isUnchanged()
    }
  }

  @Test("an instant that was completed twice")
  func twice() {
    let victim = Victim()
    let path = Self.completed(victim)
    let again = path.replacing("_2", with: "_3")
    Scratch.write(victim.table + "/" + again, Scratch.read(victim.table + "/" + path))
    Self.expect(victim, "LK5503", 12, Self.folder, ["twice"]) {
      TemporaryFolder.remove(victim.table + "/" + again)
    }
  }

  @Test("an action that nobody knows")
  func unknown() {
    let victim = Victim()
    let completed = victim.table + "/" + Self.completed(victim).replacing(".commit", with: ".fold")
    Scratch.write(completed, ascii("{}"))
    Self.expect(victim, "LK5507", 8, Self.folder, ["\"fold\""]) {
      TemporaryFolder.remove(completed)
    }
    let pending = victim.table + "/" + Self.folder + "20260101000000000.fold.requested"
    Scratch.write(pending, [])
    Self.expect(victim, "LK5507", 8, "", ["\"fold\""], reads: true) {
      TemporaryFolder.remove(pending)
    }
  }

  @Test("a link or a pipe in place of an instant's file", .spec("TIME-26"))
  func links() {
    for kind in ["link", "pipe", "directory"] {
      let victim = Victim()
      let path = Self.completed(victim)
      let whole = victim.table + "/" + path
      let aside = victim.scratch.path + "/aside"
      #expect(rename(whole, aside) == 0)
      switch kind {
      case "link": #expect(symlink(aside, whole) == 0)
      case "pipe": #expect(mkfifo(whole, 0o644) == 0)
      default: #expect(mkdir(whole, 0o755) == 0)
      }
      Self.expect(victim, "LK4007", 12, path) {
        TemporaryFolder.remove(whole)
        #expect(rename(aside, whole) == 0)
      }
    }
  }

  @Test("names that cannot be")
  func names() {
    let victim = Victim()
    for name in ["1234_20260101000000001.commit", "99999_1.commit"] {
      let path = victim.table + "/" + Self.folder + name
      Scratch.write(path, ascii("{}"))
      Self.expect(victim, "LK5503", 12, name) { TemporaryFolder.remove(path) }
    }
    for debris in ["x.tmp", "commit", "20260101000000000.commit.crc", "a_b.commit.requested"] {
      let path = victim.table + "/" + Self.folder + debris
      Scratch.write(path, ascii("{}"))
      victim.isUnchanged()
      TemporaryFolder.remove(path)
    }
  }

  @Test("an instant of the year 9999")
  func future() {
    let victim = Victim()
    let path = victim.table + "/" + Self.folder + "99991231235959999.commit.requested"
    Scratch.write(path, [])
    Self.expect(
      victim, "LK3107", 8, "99991231235959999", ["clock"],
      reads: true) { TemporaryFolder.remove(path) }
  }
}
