import LakeTestKit
import Testing

@testable import LakeCLI

/// `hoodie.properties` that is not what it should be.
@Suite("Bad input: table properties")
struct BadInputPropertiesTests {
  private static let path = ".hoodie/hoodie.properties"

  private static func text(_ victim: Victim) -> String {
    String(decoding: Scratch.read(victim.table + "/" + path), as: UTF8.self)
  }

  private static func put(_ victim: Victim, _ text: String, _ suffix: String = "") {
    Scratch.write(victim.table + "/" + path + suffix, ascii(text))
  }

  /// The text with the value of one property changed; nil takes it out. Our own checksum goes too,
  /// as if a person had edited the file, else it would be all that is complained about.
  private static func with(_ text: String, _ key: String, _ value: String?) -> String {
    var lines = text.split(separator: "\n").map(String.init).filter {
      !$0.hasPrefix(key + "=") && !$0.hasPrefix("lake.checksum=")
    }
    if let value { lines.append(key + "=" + value) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Reads and writes end like this, and once the file is as it was the table is as it was.
  private static func expect(
    _ victim: Victim, _ changed: String, _ code: String, _ status: Int32, _ words: [String],
    read: Int32? = nil
  ) {
    let whole = text(victim)
    put(victim, changed)
    for line in [["read", victim.table], ["commit", victim.table, victim.good]] {
      if line[0] == "read", let read {
        #expect(lake(line).status == read)
        continue
      }
      let run = lake(line)
      #expect(run.status == status, "\(line[0]): \(run.status) \(run.err)")
      #expect(run.err.contains("error[\(code)]: "), "\(line[0]): \(run.err)")
      for word in words { #expect(run.err.contains(word), "\(line[0]): \(run.err)") }
      #expect(run.out.isEmpty)
    }
    #expect(text(victim) == changed)
    put(victim, whole)
    victim.isUnchanged()
  }

  @Test("a wrong checksum")
  func checksum() {
    let victim = Victim()
    let changed = Self.with(Self.text(victim), "hoodie.table.checksum", "1")
    Self.expect(victim, changed, "LK5303", 12, ["checksum", "\"1\"", Self.path])
  }

  @Test("a changed property that nobody signed for")
  func changed() {
    let victim = Victim()
    let text = Self.text(victim)
    let key = "hoodie.table.recordkey.fields="
    let changed = text.replacing(key + "id", with: key + "qty")
    #expect(changed != text)
    Self.expect(victim, changed, "LK5303", 12, ["lake.checksum", Self.path])
  }

  @Test("no version, or one that is not known")
  func versions() {
    let victim = Victim()
    let text = Self.text(victim)
    let key = "hoodie.table.version"
    Self.expect(victim, Self.with(text, key, nil), "LK5302", 12, [key, Self.path])
    for version in ["5", "7", "10", "-9", "x", "99999999999999999999"] {
      Self.expect(
        victim, Self.with(text, key, version), "LK5501", 8,
        ["\"\(version)\"", "6, 8 and 9", Self.path])
    }
  }

  @Test("2 MiB of it")
  func large() {
    let victim = Victim()
    let text = Self.text(victim) + many("# nothing\n", 210_000)
    Self.expect(victim, text, "LK5401", 8, ["1048576", Self.path])
  }

  @Test("half of it, with a backup and without")
  func half() {
    let victim = Victim()
    let whole = Self.text(victim)
    let half = String(whole.prefix(100))
    Self.expect(victim, half, "LK5302", 12, [Self.path])
    Self.put(victim, whole, ".backup")
    Self.put(victim, half)
    #expect(TableState(victim.table) == victim.before)
    let next = victim.scratch.file("next.csv", "id,qty,note\n3,7,c\n")
    let run = lake(["commit", victim.table, next])
    #expect(run.status == 0, "\(run.err)")
    #expect(lake(["read", victim.table]).lines.count == 3)
    victim.isInOrder()
  }

  @Test("none at all, with a backup and without")
  func missing() {
    let victim = Victim()
    let whole = Self.text(victim)
    TemporaryFolder.remove(victim.table + "/" + Self.path)
    let run = lake(["read", victim.table])
    #expect(run.status == 7 && run.err.contains("error[LK1007]: "), "\(run.err)")
    #expect(lake(["commit", victim.table, victim.good]).status == 7)
    Self.put(victim, whole, ".backup")
    victim.isUnchanged()
  }

  @Test("a table that merges by somebody's class")
  func mergers() {
    let victim = Victim()
    let text = Self.text(victim)
    let custom = Self.with(text, "hoodie.record.merge.mode", "CUSTOM")
    Self.expect(
      victim, Self.with(custom, "hoodie.record.merge.strategy.id", "11111111-2222"), "LK2301", 8,
      ["custom"], read: 0)
  }

  @Test("a merge-on-read table is not written")
  func mergeOnRead() {
    let victim = Victim()
    let changed = Self.with(Self.text(victim), "hoodie.table.type", "MERGE_ON_READ")
    Self.expect(victim, changed, "LK5502", 8, ["merge-on-read"], read: 0)
  }

  @Test("a table of another engine is written once somebody says who else writes")
  func foreign() {
    let victim = Victim()
    let changed = Self.with(Self.text(victim), "lake.writers", nil)
    Self.expect(victim, changed, "LK3104", 8, ["--writers lake-only", "file-lock"], read: 0)
    Self.put(victim, changed)
    let run = lake(["commit", victim.table, victim.good, "--writers", "lake-only"])
    #expect(run.status == 0, "\(run.err)")
    #expect(Self.text(victim).contains("lake.writers=lake-only"))
    #expect(lake(["commit", victim.table, victim.good]).status == 0)
    victim.isInOrder()
  }

  @Test(
    "a table with log files is read", .enabled(if: Fixtures.arePresent, "no fixtures"))
  func logFiles() throws {
    let archive = try ZipArchive(
      "\(Fixtures.root)/hudi/mor-avro-v9_timebasedkeygen_nonhivestyle.zip")
    let scratch = Scratch()
    var root = ""
    for name in archive.names where !name.hasSuffix("/") {
      let folders = name.split(separator: "/").dropLast().map(String.init)
      var path = scratch.path
      for folder in folders {
        path += "/" + folder
        scratch.folder(path)
      }
      Scratch.write(scratch.path + "/" + name, try archive.bytes(of: name) ?? [])
      if name.hasSuffix(".hoodie/hoodie.properties") && !name.contains("metadata/") {
        root = scratch.path + "/" + name.dropLast(".hoodie/hoodie.properties".count)
      }
    }
    let run = lake(["read", root])
    #expect(run.status == 0, "\(run.status) \(run.err)")
    #expect(!run.out.isEmpty)
  }
}
