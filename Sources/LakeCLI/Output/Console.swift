// Spec: 16-command-line. The streams of a command as a value: tests give another console.
import LakeBase
import LakeStorage
import Synchronization

/// Standard output and error, and what is known about them.
protocol Console: Sendable {
  var outputIsTerminal: Bool { get }
  var errorIsTerminal: Bool { get }
  /// Columns that fit; 80 where nobody says.
  var width: Int { get }
  /// An environment variable; nil when unset or empty.
  func environment(_ name: String) -> String?
  /// Writes all bytes; false when the reader has gone.
  func write(_ buffer: Buffer, to stream: StandardStream) throws(LakeError) -> Bool
}

/// The process's own streams.
struct SystemConsole: Console {
  var outputIsTerminal: Bool { StandardStream.output.isTerminal }
  var errorIsTerminal: Bool { StandardStream.error.isTerminal }

  var width: Int {
    StandardStream.output.width ?? environment("COLUMNS").flatMap(Int.init) ?? 80
  }

  func environment(_ name: String) -> String? { HostProcess.environment(name) }

  func write(_ buffer: Buffer, to stream: StandardStream) throws(LakeError) -> Bool {
    try stream.write(buffer)
  }
}

/// Streams in memory, for tests.
final class MemoryConsole: Console {
  let outputIsTerminal: Bool
  let errorIsTerminal: Bool
  let width: Int
  private let variables: [String: String]
  private let texts = Mutex<[Int32: [UInt8]]>([:])

  init(terminal: Bool = false, width: Int = 80, variables: [String: String] = [:]) {
    outputIsTerminal = terminal
    errorIsTerminal = terminal
    self.width = width
    self.variables = variables
  }

  func environment(_ name: String) -> String? { variables[name] }

  func write(_ buffer: Buffer, to stream: StandardStream) throws(LakeError) -> Bool {
    let bytes = buffer.bytes
    texts.withLock { $0[stream.rawValue, default: []] += bytes }
    return true
  }

  /// What was written to a stream so far.
  func text(_ stream: StandardStream) -> String {
    String(decoding: texts.withLock { $0[stream.rawValue] ?? [] }, as: UTF8.self)
  }
}
