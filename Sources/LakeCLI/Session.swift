// Spec: 16-command-line. What one run of the command was given.
import Lake
import LakeBase
import LakeStorage

/// The world, the output and the settings of one run.
struct Session: Sendable {
  let world: World
  let output: Output
  let zone: DisplayZone
  /// Whether `--tz` or `LAKE_TZ` named the zone: only then may input leave it out.
  let zoneIsGiven: Bool
  /// Bytes.
  let memory: Int
  /// Milliseconds to wait for a lock.
  let wait: Int
  let dryRun: Bool
  let mayAsk: Bool
  let confirmed: Bool
  /// Where spans and storage calls are collected; nil without `--trace`.
  let trace: Trace?
  /// The directory of `-C`; empty for the process's own.
  let directory: String

  init(
    _ arguments: Arguments, _ console: any Console, _ cancellation: Cancellation
  ) throws(LakeError) {
    func value(_ name: String) -> String? {
      arguments.value(name)
        ?? GlobalOptions.all.first { $0.long == name }?.environment.flatMap(console.environment)
    }
    var world = World(cancellation: cancellation)
    if let text = arguments.value("clock") {
      world.clock = FixedClock(try Units.instant(text, "clock"))
    }
    if let text = arguments.value("seed") {
      world.random = SeededRandom(UInt64(try Units.number(text, "seed", 0...Int.max)))
    }
    if let text = value("threads") {
      world.workers = Workers(width: try Units.number(text, "threads", 1...256))
    }
    memory =
      try value("memory").map { (text) throws(LakeError) in try Units.size(text, "memory") }
      ?? HostProcess.memoryShare
    wait =
      try value("wait").map { (text) throws(LakeError) in try Units.duration(text, "wait") }
      ?? 60_000
    zone = try value("tz").map { (text) throws(LakeError) in try DisplayZone(text) } ?? .system
    zoneIsGiven = value("tz") != nil
    dryRun = arguments.has("dry-run")
    mayAsk = !arguments.has("no-input")
    confirmed = arguments.has("yes")
    directory = arguments.value("C") ?? ""
    output = try Self.output(arguments, console, world.clock, zone, value)
    if let folder = value("tmp") {
      if try HostFiles.kind(folder) != .directory {
        throw LakeError(.badOptionValue, "--tmp \"\(folder)\" is no directory")
      }
      world.scratch = LocalScratch(folder)
    }
    let trace = arguments.value("trace").map { Trace($0, world.clock) }
    self.trace = trace
    let journal = output.journal
    world.journal = Journal { entry in
      trace?.note(entry)
      journal.receive(entry)
    }
    self.world = world
  }

  /// The table at a path of the command line; with `--trace` its storage is watched.
  func openTable(_ name: String, durability: Durability = .full) throws(LakeError) -> LakeTable {
    let table = try LakeTable.open(path(name), durability: durability, world)
    guard let trace else { return table }
    return try LakeTable.open(trace.watch(table.storage), world)
  }

  private static func output(
    _ arguments: Arguments, _ console: any Console, _ clock: any WallClock, _ zone: DisplayZone,
    _ value: (String) -> String?
  ) throws(LakeError) -> Output {
    var format: OutputFormat?
    if arguments.has("json") {
      format = .json
    } else if let text = value("format") {
      format = OutputFormat(rawValue: text)
      if format == nil { throw LakeError(.badOptionValue, "LAKE_FORMAT cannot be \"\(text)\"") }
    }
    let quiet = arguments.has("quiet")
    let asked = value("progress") ?? "auto"
    let automatic: ProgressDisplay.Mode = console.errorIsTerminal && !quiet ? .bar : .none
    guard let mode = asked == "auto" ? automatic : ProgressDisplay.Mode(rawValue: asked) else {
      throw LakeError(.badOptionValue, "LAKE_PROGRESS cannot be \"\(asked)\"")
    }
    let plain =
      arguments.has("no-color") || console.environment("NO_COLOR") != nil
      || console.environment("TERM") == "dumb"
    return Output(
      console, format: format, verbosity: quiet ? -1 : Swift.min(2, arguments.count("verbose")),
      colour: !plain && console.errorIsTerminal, zone: zone,
      progress: ProgressDisplay(mode, clock))
  }

  /// Seconds east of Greenwich for times of input that have no zone; nil refuses them.
  var inputOffset: Int? {
    guard zoneIsGiven else { return nil }
    return zone.offset(at: world.clock.now() / 1000)
  }

  /// A path of the command line, below the directory of `-C`.
  func path(_ text: String) -> String {
    directory.isEmpty || text.hasPrefix("/") || text == "-"
      ? text : directory + (directory.hasSuffix("/") ? "" : "/") + text
  }
}
