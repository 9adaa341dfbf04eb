// Spec: 16-command-line. Everything a command says leaves here.
import LakeBase
import LakeStorage
import Synchronization

/// Results on standard output, messages on standard error, each as its reader wants it.
final class Output: Sendable {
  let console: any Console
  /// What `--format` or `--json` asked for; nil when nobody asked.
  let requested: OutputFormat?
  let verbosity: Int
  let colour: Bool
  let zone: DisplayZone
  private let progress: ProgressDisplay
  private struct Pending {
    var bytes: [UInt8] = []
    var readerGone = false
  }
  private let pending = Mutex(Pending())

  init(
    _ console: any Console, format: OutputFormat?, verbosity: Int, colour: Bool,
    zone: DisplayZone, progress: ProgressDisplay
  ) {
    self.console = console
    requested = format
    self.verbosity = verbosity
    self.colour = colour
    self.zone = zone
    self.progress = progress
  }

  /// Whether a program reads.
  var isJSON: Bool { requested?.isJSON ?? false }
  /// How lists and reports are written.
  var format: OutputFormat { requested ?? (console.outputIsTerminal ? .table : .tsv) }
  /// How rows of data are written.
  var rowFormat: OutputFormat { requested ?? (console.outputIsTerminal ? .table : .ndjson) }
  /// Columns to fit a table into; nil when its reader is no terminal.
  var width: Int? { console.outputIsTerminal ? Swift.max(20, console.width) : nil }
  /// Whether nobody reads standard output any more.
  var readerIsGone: Bool { pending.withLock { $0.readerGone } }

  // MARK: Standard output

  func line(_ text: String) throws(LakeError) { try write(Array(text.utf8) + [10]) }

  func lines(_ texts: [String]) throws(LakeError) {
    for text in texts { try line(text) }
  }

  /// Bytes of a result, in order.
  func write(_ bytes: [UInt8]) throws(LakeError) {
    let full = pending.withLock { (state) -> Bool in
      state.bytes += bytes
      return state.bytes.count >= 1 << 16
    }
    if full { try flush() }
  }

  /// A buffer of a result, after what was written before it.
  func write(_ buffer: Buffer) throws(LakeError) {
    try flush()
    try send(buffer)
  }

  /// Hands everything to the stream.
  func flush() throws(LakeError) {
    let bytes = pending.withLock { (state) -> [UInt8] in
      defer { state.bytes = [] }
      return state.bytes
    }
    if !bytes.isEmpty { try send(Buffer(bytes)) }
  }

  private func send(_ buffer: Buffer) throws(LakeError) {
    if readerIsGone { return }
    progress.clear(console)
    if try !console.write(buffer, to: .output) { pending.withLock { $0.readerGone = true } }
  }

  /// One JSON line with `type` and `v`.
  func object(_ type: String, _ fields: JSONFields) throws(LakeError) {
    try line(JSONValue.object([("type", .text(type)), ("v", .int(1))] + fields).line)
  }

  /// A list in the wanted format; as JSON with a summary at the end.
  func listing(
    _ listing: Listing, summary: JSONFields
  ) throws(LakeError) {
    guard isJSON else { return try lines(listing.lines(format, width: width)) }
    for fields in listing.objects { try object(listing.type, fields) }
    try object("summary", summary)
  }

  // MARK: Standard error

  /// A message a person sees unless `-q`.
  func note(_ text: String) { message("", text, at: 0) }
  func warning(_ text: String) { message("warning: ", text, at: 0) }

  private func message(_ prefix: String, _ text: String, at level: Int) {
    guard verbosity >= level else { return }
    if isJSON && level == 0 {
      let type = prefix.isEmpty ? "note" : "warning"
      complain(
        JSONValue.object([("type", .text(type)), ("v", .int(1)), ("message", .text(text))]).line)
    } else {
      complain(prefix + HumanText.safe(text))
    }
  }

  /// One or more lines on standard error. A standard error that cannot be written is nobody's
  /// concern.
  func complain(_ text: String) {
    progress.clear(console)
    _ = try? console.write(Buffer(utf8: text + "\n"), to: .error)
  }

  func report(_ error: LakeError) {
    complain(isJSON ? ErrorText.json(error) : ErrorText.terminal(error, colour: colour))
  }

  /// Bold on a terminal that takes colour.
  func strong(_ text: String) -> String {
    colour && console.outputIsTerminal ? "\u{1b}[1m\(text)\u{1b}[0m" : text
  }

  /// Where the rooms below report what they do.
  var journal: Journal {
    Journal { [self] entry in
      switch entry {
      case .note(let text): note(text)
      case .warning(let text): warning(text)
      case .decision(let text): message("", text, at: 1)
      case .phase(let text): message("", text, at: 2)
      case .progress(let rows, let bytes, let total):
        progress.show(rows: rows, bytes: bytes, of: total, console)
      }
    }
  }

  /// Ends a progress line, if one stands.
  func endProgress() { progress.clear(console) }
}
