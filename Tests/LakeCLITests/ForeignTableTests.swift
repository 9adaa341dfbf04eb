// Merge-on-read tables of another engine through the command line, against its answers.
import LakeBase
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite(
  "Foreign tables on the command line",
  .enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct ForeignTableTests {
  static let names = [
    "mor-v9_plain_avro", "mor-v9_cdc_data_before_after", "mor-v9_rollback", "mor-v9_archived",
    "mor-v8_compaction_done_h102", "mor-v6_archived_h0150", "mor-v6_log_only_h0150",
    "cow-v9_archive_lsm",
  ]

  @Test(
    "rows: newest, as of every commit, base files only", .spec("CLI-45", "CLI-51", "CLI-58"),
    arguments: names)
  func rows(_ name: String) throws {
    let table = try ForeignTable(name)
    var count = try table.expect(
      try table.rows(["read", table.path, "--meta"]), equal: table.golden["snapshot"], "now")
    // The answer does not depend on the memory, nor on how log records find their rows.
    let folder = TemporaryFolder("rows")
    for options in [
      ["--memory", "1MiB"], ["--memory", "1KiB", "--tmp", folder.path], ["--by-position"],
    ] {
      try table.expect(
        try table.rows(["read", table.path, "--meta"] + options),
        equal: table.golden["snapshot"], options.joined(separator: " "))
    }
    #expect(try Fixtures.names(folder.path).isEmpty)
    let counted = lake(["count", table.path, "-q"])
    #expect(counted.out == "\(table.golden["snapshot"]?.array?.count ?? -1)\n")
    for (moment, answer) in table.golden["asOf"]?.object ?? [] where answer.array != nil {
      count += try table.expect(
        try table.rows(["read", "\(table.path)@\(moment)", "--meta"]), equal: answer, moment)
    }
    if let answer = table.golden["readOptimized"] {
      let run = lake(["read", table.path, "--mode", "ro", "--meta"])
      let rows = try run.lines.map { line throws(LakeError) in try JSONReader.parse(line) }
      count += try table.expect(rows, equal: answer, "read-optimised")
      let slices = table.golden["fileSlices"]?.array ?? []
      let logs = slices.reduce(0) { $0 + ($1[4]?.array?.count ?? 0) }
      #expect(run.err.contains("read-optimised: \(logs) log file") == (logs > 0), "\(run.err)")
    }
    Fixtures.report("rows by the command of \(name)", cases: count)
  }

  /// Keys that a table's key lookups are compared for, a few of each.
  @Test("rows by key", .spec("CLI-53"), arguments: names)
  func keys(_ name: String) throws {
    let table = try ForeignTable(name)
    let rows = try #require(table.golden["snapshot"]?.array)
    for row in rows.prefix(5) {
      let key = try #require(row["_hoodie_record_key"]?.string)
      let same = rows.filter { $0["_hoodie_record_key"]?.string == key }
      try table.expect(
        try table.rows(["get", table.path, key, "--meta"]), equal: .array(same), "key \(key)")
    }
  }

  @Test("pulls from every commit", .spec("CLI-46", "CLI-50"), arguments: names)
  func pulls(_ name: String) throws {
    let table = try ForeignTable(name)
    var count = 0
    for (from, answer) in table.golden["incrementalAfter"]?.object ?? [] {
      guard answer.array != nil else { continue }
      // Spark leaves archived commits of layout 1 out, unless it scans everything.
      if from == "000" && name.contains("archive") && !name.hasPrefix("mor-v9") { continue }
      let start = from == "000" ? "earliest" : from
      count += try table.expect(
        try table.rows(["read", table.path, "--from", start, "--meta"]), equal: answer, from)
    }
    Fixtures.report("pulled rows by the command of \(name)", cases: count)
  }

  @Test(
    "slices, files and partitions", .spec("CLI-31", "CLI-32"),
    arguments: names.filter { $0.hasPrefix("mor-") })
  func slices(_ name: String) throws {
    let table = try ForeignTable(name)
    let wanted = try #require(table.golden["fileSlices"]?.array)
    let slices = try LayoutCommandTests.objects(["slices", table.path])
    let ours = slices.dropLast().map { slice in
      [slice["partition"], slice["group"], slice["base"]].map { $0?.string ?? "" }
        + (slice["logFiles"]?.array ?? []).map { $0.string ?? "" }
    }
    let theirs = wanted.map { slice in
      [slice[0], slice[1], slice[3]].map { $0?.string ?? "" }
        + (slice[4]?.array ?? []).compactMap(\.string).filter { !$0.hasSuffix("-cdc") }
    }
    #expect(Set(ours) == Set(theirs), "\(name)")
    let files = try LayoutCommandTests.objects(["files", table.path])
    let bases = theirs.filter { !$0[2].isEmpty }.count
    let logs = theirs.reduce(0) { $0 + $1.count - 3 }
    #expect(LayoutCommandTests.texts(files, "kind").filter { $0 == "base" }.count == bases)
    #expect(LayoutCommandTests.texts(files, "kind").filter { $0 == "log" }.count == logs)
    let partitions = try LayoutCommandTests.objects(["partitions", table.path])
    #expect(Set(LayoutCommandTests.texts(partitions, "partition")) == Set(theirs.map { $0[0] }))
    #expect(LayoutCommandTests.ints(partitions, "baseFiles").reduce(0) { $0 + ($1 ?? 0) } == bases)
    #expect(LayoutCommandTests.ints(partitions, "logFiles").reduce(0) { $0 + ($1 ?? 0) } == logs)
    let stats = try LayoutCommandTests.objects(["stats", table.path])
    #expect(stats.last?["baseFiles"]?.int == bases && stats.last?["logFiles"]?.int == logs)
  }

  static let archived = [
    "mor-v9_archived", "mor-v6_archived_h0150", "cow-v9_archive_lsm", "cow-v6_archive_commits",
    "cow-v6_archive_h0150",
  ]

  @Test(
    "archived instants in log, show and inspect", .spec("CLI-49", "CLI-52"), arguments: archived)
  func archives(_ name: String) throws {
    let table = try ForeignTable(name)
    let isWhole = table.golden["archived"] != nil
    let rows = try #require(
      (table.golden["archived"] ?? table.golden["archivedInstants"])?.array)
    // Of each instant the last state: [action, state, requested, …] or [action, requested, …].
    let times =
      isWhole ? rows.filter { $0[1]?.string == "COMPLETED" }.map { $0[2] } : rows.map { $0[1] }
    let wanted = Set(times.compactMap { $0?.string })
    let log = try LayoutCommandTests.objects(["log", table.path, "--archived"])
    let active = try LayoutCommandTests.objects(["log", table.path])
    #expect(active.allSatisfy { $0["archived"] == nil })
    let told = log.dropLast().filter { $0["archived"]?.bool == true }
    #expect(log.count == active.count + told.count && log.last?["instants"]?.int == log.count - 1)
    let services: Set<String> = ["clean", "rollback", "savepoint"]
    let ours = told.filter { isWhole || !services.contains($0["action"]?.string ?? "") }
      .filter { $0["state"]?.string == "completed" }.compactMap { $0["instant"]?.string }
    #expect(Set(ours) == wanted && ours == ours.sorted(by: >), "\(name)")
    for instant in wanted.sorted().prefix(12) {
      let shown = try LayoutCommandTests.objects(["show", table.path, instant])
      #expect(shown.first?["archived"]?.bool == true, "\(name) \(instant)")
      #expect(shown.contains { $0["type"]?.string == "content" }, "\(name) \(instant)")
      let isWrite = shown.first?["operation"]?.string != nil
      #expect(!isWrite || shown.contains { $0["type"]?.string == "file" }, "\(name) \(instant)")
    }
    let folders = ["/.hoodie/archived", "/.hoodie/timeline/history", "/.hoodie/history"]
    let folder = try #require(
      folders.first { (try? Fixtures.names(table.path + $0))?.isEmpty == false })
    var inspected: Set<String> = []
    for file in try Fixtures.names(table.path + folder) {
      guard file.hasPrefix(".commits_.archive") || file.hasSuffix(".parquet"),
        !file.hasSuffix(".crc")
      else { continue }
      let found = try LayoutCommandTests.objects(["inspect", table.path + folder + "/" + file])
      let actions = found.filter { $0["type"]?.string == "action" }
      #expect(found.first?["actions"]?.int == actions.count && !actions.isEmpty, "\(file)")
      inspected.formUnion(
        actions.filter { $0["state"]?.string == "completed" }.compactMap { $0["instant"]?.string })
      let content = found.first { $0["type"]?.string == "content" }?["content"]?.array
      #expect(content?.isEmpty == false, "\(file)")
    }
    #expect(inspected.isSuperset(of: wanted), "\(name)")
    Fixtures.report("archived instants told of \(name)", cases: told.count)
  }
}
