// How long it takes to open a table with a long timeline, and to get a row by its key: in this process and,
// with `--lake PROGRAM`, as a command with the start of its process.
import Glibc
import HudiModel
import HudiScan
import HudiWrite
import Lake
import LakeBase
import LakeColumns
import LakeStorage

/// Opening and looking up.
enum Opening {
  /// `lake-bench open FOLDER`: makes tables with that many instants before their own where they are not there
  /// yet, and opens each: the timeline, the files, the first rows.
  static func run(_ folder: String, _ call: Call) throws(LakeError) {
    let version = TableVersion(rawValue: call.number("version", default: 9)) ?? .nine
    for text in (call["instants"] ?? "0,1000,10000").split(separator: ",") {
      guard let count = Int(text) else { throw LakeError(.usage, "\(text) is no number of instants") }
      let path = "\(folder)/v\(version.rawValue)-\(count)"
      if try HostFiles.kind(path + "/.hoodie") == nil { try make(path, version, count) }
      let timing = Timing(
        name: "open-v\(version.rawValue)-\(count)", runs: call.number("runs", default: 11))
      try timing.measure { () throws(LakeError) in
        let table = try LakeTable.open(path, World(workers: call.workers))
        let snapshot = try table.snapshot()
        let files = try snapshot.slices().count
        var scan = try SnapshotScan(snapshot, ScanOptions())
        return (0, try scan.next()?.count ?? 0, "\(files) files")
      }
      try process(timing.name + "-describe", ["describe", path], call)
      try process(timing.name + "-read", ["read", path, "--limit", "1"], call)
    }
  }

  /// `lake-bench lookup TABLE KEY`.
  static func lookUp(_ path: String, _ key: String, _ call: Call) throws(LakeError) {
    let timing = Timing(name: "get", runs: call.number("runs", default: 11))
    try timing.measure { () throws(LakeError) in
      var rows = try LakeTable.open(path, World(workers: call.workers)).get([key])
      var count = 0
      while let batch = try rows.next() { count += batch.count }
      return (0, count, "\(count) rows")
    }
    try process("get", ["get", path, key], call)
  }

  // MARK: Tables

  /// A table of one small commit behind `count` commits of which only the timeline is left, a minute apart
  /// from 2020 on.
  private static func make(_ path: String, _ version: TableVersion, _ count: Int) throws(LakeError) {
    var options = TableOptions()
    options.version = version
    options.keyFields = ["id"]
    let table = try LakeTable.create(path, options, durability: .none)
    let builder = BatchBuilder(Schema([Field("id", .string, nullable: false), Field("n", .int64)]))
    for number in 0..<100 { try builder.append([.string("k\(number)"), .int(Int64(number))]) }
    let report = try table.upsert(builder.finish())
    guard let own = report.instant else { throw LakeError(.defect, "nothing was committed") }
    let layout = table.config.layout
    let directory = table.config.timelineDirectory
    let content = try table.storage.readAll(
      StoragePath(directory + "/" + own.fileName(layout)), limit: 1 << 20)
    let start: Int64 = 1_577_836_800_000
    for number in 0..<count {
      let moment = start + Int64(number) * 60_000
      guard let time = InstantTime(civilMilliseconds: moment),
        let done = InstantTime(civilMilliseconds: moment + 2_500)
      else { throw LakeError(.usage, "\(count) instants are too many") }
      let old = Instant(time, .commit, .completed, completed: layout == .two ? done : nil)
      for state in [Instant.State.requested, .inflight, .completed] {
        let sink = try table.storage.create(
          StoragePath(directory + "/" + old.fileName(layout, in: state)))
        if state == .completed { try sink.write(content) }
        _ = try sink.finish()
      }
    }
  }

  // MARK: Processes

  /// The program of `--lake` with these words, its output thrown away; nothing without that option.
  private static func process(_ name: String, _ words: [String], _ call: Call) throws(LakeError) {
    guard let program = call["lake"] else { return }
    let timing = Timing(name: name + "-process", runs: call.number("runs", default: 11))
    try timing.measure { () throws(LakeError) in
      let status = spawn([program] + words)
      guard status == 0 else { throw LakeError(.defect, "\(program) ended with \(status)") }
      return (0, 0, "")
    }
  }

  private static func spawn(_ words: [String]) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var arguments = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    guard posix_spawn(&process, words[0], &actions, nil, arguments, environ) == 0 else { return -1 }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return status
  }
}
