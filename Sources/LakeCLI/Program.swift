// Spec: 16-command-line. One run: from words to an exit status.
import LakeBase
import LakeStorage
import Synchronization

/// Runs the process's own command line and ends the process.
func runProcess() -> Never {
  HostProcess.keepFreedMemory()
  HostProcess.ignoreBrokenPipes()
  let cancellation = Cancellation()
  let received = SignalNumber()
  HostProcess.onInterrupt { number in
    received.set(number)
    cancellation.cancel()
  }
  let words = Array(CommandLine.arguments.dropFirst())
  let status = Program.run(words, SystemConsole(), cancellation)
  let interrupted = LakeError.Kind.cancelled.exitStatus
  HostProcess.end(status == interrupted && received.value != 0 ? 128 + received.value : status)
}

/// The signal that asked to stop; 0 for none.
private final class SignalNumber: Sendable {
  private let number = Atomic<Int32>(0)
  func set(_ value: Int32) { number.store(value, ordering: .releasing) }
  var value: Int32 { number.load(ordering: .acquiring) }
}

/// The command as a function.
enum Program {
  /// Runs `lake` with these words and gives the exit status.
  static func run(
    _ words: [String], _ console: any Console, _ cancellation: Cancellation = Cancellation()
  ) -> Int32 {
    var output = earlyOutput(words, console)
    do throws(LakeError) {
      let before = try ArgumentParser(options: GlobalOptions.all, verb: nil)
        .parse(words, stopAtOperand: true)
      if before.arguments.has("version") {
        return try finish(
          CommandList.version, before.arguments, console, cancellation, &output)
      }
      guard let verb = before.rest.first else {
        let asked = before.arguments.has("help")
        let page = HelpPage.overview(CommandList.all)
        if asked { try output.lines(page) } else { output.complain(page.joined(separator: "\n")) }
        try output.flush()
        return asked ? 0 : LakeError.Kind.usage.exitStatus
      }
      let command = try CommandList.command(verb)
      let own = Set(command.options.map(\.name))
      let options = command.options + GlobalOptions.all.filter { !own.contains($0.name) }
      var (arguments, _) = try ArgumentParser(options: options, verb: command.verb)
        .parse(Array(before.rest.dropFirst()))
      arguments.merge(below: before.arguments)
      if arguments.has("help") {
        try output.lines(HelpPage.command(command))
        try output.flush()
        return 0
      }
      return try finish(command, arguments, console, cancellation, &output)
    } catch {
      output.endProgress()
      _ = try? output.flush()
      output.report(error)
      return error.kind.exitStatus
    }
  }

  private static func finish(
    _ command: CommandSpec, _ arguments: Arguments, _ console: any Console,
    _ cancellation: Cancellation, _ output: inout Output
  ) throws(LakeError) -> Int32 {
    let session = try Session(arguments, console, cancellation)
    output = session.output
    let count = arguments.operands.count
    if !command.operandCount.contains(count) {
      let missing = count < command.operandCount.lowerBound
      let call = "\"lake \(command.verb)\""
      throw LakeError(
        .usage,
        missing
          ? "\(call) needs \(command.operands)"
          : "too many words for \(call): \(arguments.operands[command.operandCount.upperBound])",
        hint: "lake help \(command.verb)")
    }
    let status: Int32
    do throws(LakeError) { status = try command.run(session, arguments) } catch {
      try? session.trace?.write()
      throw error
    }
    try session.trace?.write()
    session.output.endProgress()
    try session.output.flush()
    return status
  }

  /// Output for errors found before the options are known: it already honours `--json`.
  private static func earlyOutput(_ words: [String], _ console: any Console) -> Output {
    let options = words.prefix { $0 != "--" }
    let wantsJSON =
      options.contains("--json") || options.contains("--format=json")
      || options.contains("--format=ndjson")
    let plain = options.contains("--no-color") || console.environment("NO_COLOR") != nil
    return Output(
      console, format: wantsJSON ? .json : nil, verbosity: 0,
      colour: !plain && console.errorIsTerminal, zone: .system,
      progress: ProgressDisplay(.none, SystemClock()))
  }
}
