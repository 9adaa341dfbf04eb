// `lake read` of ranges and of base files only.
import LakeBase
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite("Kinds of reads")
struct ReadKindsTests {
  static let trips = LayoutCommandTests.trips
  static let second = "20260301100200000"

  /// The rows of an expected version, with the header left out.
  private static func expected(_ instant: String) -> Set<String> {
    let path = "\(SampleLakeTests.root)/expected/trips/snapshot@\(instant).csv"
    return Set((Scratch.text(path) ?? "").split(separator: "\n").dropFirst().map(String.init))
  }

  @Test("the rows of a range and where the next one begins", .spec("CLI-46", "CLI-50"))
  func pull() throws {
    let first = "20260301100100000"
    let changed = Self.expected(Self.second).subtracting(Self.expected(first))
    let run = lake(
      ["read", Self.trips, "--from", first, "--to", Self.second, "--format", "csv"])
    #expect(Set(run.lines.dropFirst()) == changed && changed.count == 9, "\(run.err)")
    let position = try #require(run.err.split(separator: " ").last?.split(separator: "\n").first)
    #expect(run.err.contains("the next pull: --from lake1."), "\(run.err)")
    // The third commit only deletes.
    let rest = lake(["read", Self.trips, "--from", String(position)])
    #expect(rest.status == 0 && rest.out.isEmpty, "\(rest.err)")
    let all = lake(["read", Self.trips, "--from", "earliest", "--format", "csv"])
    #expect(Set(all.lines.dropFirst()) == Self.expected("20260301100300000"))
    let some = lake(["read", Self.trips, "--from", "earliest", "--limit", "3"])
    #expect(some.lines.count == 3 && !some.err.contains("--from"), "a limit leaves rows behind")
    let json = lake(["read", Self.trips, "--from", first, "--json"])
    let told = try JSONReader.parse(json.err)
    #expect(told["type"]?.string == "position")
    #expect(told["position"]?.string?.hasPrefix("lake1.") == true)
    let scratch = Scratch()
    let out = scratch.path + "/rows.csv"
    let written = try JSONReader.parse(
      lake(["read", Self.trips, "--from", first, "--out", out, "--json"]).out)
    #expect(written["position"]?.string == told["position"]?.string)
    #expect(lake(["read", Self.trips, "--from", "lake1.0.c1.0"]).status != 0)
  }

  private static func keys(_ rows: Set<String>) -> Set<String> {
    Set(rows.map { String($0.prefix { $0 != "," }) })
  }

  @Test("keys that are gone come with a pull that asks for them", .spec("CLI-54"))
  func deletes() throws {
    let before = Self.keys(Self.expected(Self.second))
    let gone = before.subtracting(Self.keys(Self.expected("20260301100300000")))
    let run = lake(["read", Self.trips, "--from", Self.second, "--with-deletes"])
    let rows = try run.lines.map { try JSONReader.parse($0) }
    #expect(Set(rows.compactMap { $0["uuid"]?.string }) == gone && !gone.isEmpty, "\(run.err)")
    for row in rows { #expect(row["_hoodie_is_deleted"]?.bool == true) }
    #expect(lake(["read", Self.trips, "--with-deletes"]).status == 2)
  }

  @Test("what commits did to which row", .spec("CLI-55"))
  func changes() throws {
    let first = "20260301100100000"
    let (old, new) = (Self.expected(first), Self.expected(Self.second))
    let run = lake(["changes", Self.trips, "--from", first, "--to", Self.second])
    let rows = try run.lines.map { try JSONReader.parse($0) }
    var told: [String: Set<String>] = [:]
    for row in rows {
      let image = row[row["op"]?.string == "d" ? "before" : "after"]
      told[row["op"]?.string ?? "", default: []].insert(image?["uuid"]?.string ?? "")
      #expect(row["instant"]?.string == Self.second)
    }
    let added = Self.keys(new).subtracting(Self.keys(old))
    #expect(told["i"] ?? [] == added, "\(run.err)")
    #expect(told["u"] == Self.keys(new.subtracting(old)).subtracting(added))
    #expect(rows.count == new.subtracting(old).count && run.err.contains("--from lake1."))
    let last = lake(["changes", Self.trips, "--from", Self.second])
    let gone = Self.keys(new).subtracting(Self.keys(Self.expected("20260301100300000")))
    let ends = try last.lines.map { try JSONReader.parse($0) }
    #expect(Set(ends.compactMap { $0["before"]?["uuid"]?.string }) == gone && !gone.isEmpty)
    for row in ends { #expect(row["op"]?.string == "d" && row["after"] == .null) }
    #expect(lake(["changes", Self.trips]).status == 2)
    #expect(lake(["changes", Self.trips, "--from", "earliest", "--limit", "2"]).lines.count == 2)
  }

  @Test("options that exclude each other", .spec("CLI-50"))
  func refusals() {
    func status(_ words: String...) -> Int32 { lake(["read", Self.trips] + words).status }
    #expect(status("--to", "^") == 2)
    #expect(status("--on-expired", "snapshot") == 2)
    #expect(status("--from", "^", "--mode", "ro") == 2)
    #expect(status("--from", "^", "--as-of", "^") == 2)
    #expect(status("--from", "2026-03-01T10:00:00") == 2)
    #expect(status("--mode", "fresh") == 2)
    #expect(lake(["read", Self.trips + "@^", "--from", "^^"]).status == 2)
    let scratch = Scratch()
    let file = scratch.file("a.csv", "a\n1\n")
    for option in ["--mode=ro", "--from=^", "--to=^", "--on-expired=fail"] {
      #expect(lake(["read", file, option]).status == 2, "\(option)")
    }
  }

  @Test("base files only, and nothing left out", .spec("CLI-45"))
  func readOptimized() {
    let plain = lake(["read", Self.trips])
    let base = lake(["read", Self.trips, "--mode", "ro"])
    #expect(base.out == plain.out && base.err.isEmpty)
    #expect(
      lake(["read", Self.trips + "@^", "--mode", "ro"]).out
        == lake(["read", Self.trips + "@^"]).out)
  }

  @Test("rows by key", .spec("CLI-53"))
  func get() throws {
    let first = "20260301100100000"
    let wanted = Self.expected(first).filter { $0.hasPrefix("00000001,") }
    let run = lake(["get", Self.trips + "@" + first, "00000001", "--format", "csv"])
    #expect(Set(run.lines.dropFirst()) == wanted && wanted.count == 1, "\(run.err)")
    let some = lake(["get", Self.trips, "00000001", "nobody", "--select", "uuid"])
    #expect(some.status == 0 && some.out == "{\"uuid\":\"00000001\"}\n")
    #expect(some.err == "no row has the key nobody\n")
    let meta = lake(["get", Self.trips, "00000001", "--meta", "--format", "csv"])
    #expect(meta.lines.first?.hasPrefix("_hoodie_commit_time,") == true && meta.lines.count == 2)
    #expect(
      lake(["get", Self.trips, "00000001", "--select", "_hoodie_record_key"]).out.contains("1\""))
    let none = lake(["get", Self.trips, "nobody", "noone"])
    #expect(none.status == 7 && none.out.isEmpty && none.err.contains("LK1020"))
    #expect(lake(["get", Self.trips]).status == 2)
    let scratch = Scratch()
    let out = scratch.path + "/one.parquet"
    #expect(lake(["get", Self.trips, "00000001", "--out", out]).status == 0)
    #expect(lake(["read", out, "--select", "uuid"]).out == some.out)
  }

  @Test("savepoints by name", .spec("CLI-8"))
  func tags() {
    #expect(lake(["read", Self.trips + "@tag:nope"]).err.contains("LK2001"))
    #expect(lake(["read", Self.trips + "@pin:nope"]).err.contains("LK2003"))
  }
}
