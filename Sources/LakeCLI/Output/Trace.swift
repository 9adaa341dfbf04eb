// Spec: 16-command-line. `--trace FILE`: where the time went, and what was asked of the storage.
import LakeBase
import LakeStorage
import Synchronization

/// Spans and storage calls of one run, as JSON Lines.
final class Trace: Sendable {
  private struct State {
    var spans: [(name: String, start: Int64)] = []
    var watched: [ObservedStorage] = []
  }

  private let path: String
  private let clock: any WallClock
  private let start: Int64
  private let state = Mutex(State())

  init(_ path: String, _ clock: any WallClock) {
    self.path = path
    self.clock = clock
    start = clock.monotonic()
  }

  /// A phase begins; it lasts until the next one, or the end.
  func note(_ entry: Journal.Entry) {
    guard case .phase(let name) = entry else { return }
    let now = clock.monotonic() - start
    state.withLock { $0.spans.append((name, now)) }
  }

  /// The same storage, its calls counted.
  func watch(_ storage: any Storage) -> any Storage {
    let observed = ObservedStorage(storage)
    state.withLock { $0.watched.append(observed) }
    return observed
  }

  /// Writes the file; an existing one is replaced. [CLI-27]
  func write() throws(LakeError) {
    let end = clock.monotonic() - start
    let (spans, watched) = state.withLock { ($0.spans, $0.watched) }
    var lines: [JSONValue] = []
    for (index, span) in spans.enumerated() {
      let stop = index + 1 < spans.count ? spans[index + 1].start : end
      lines.append(
        .object([
          ("type", .string("span")), ("v", .integer(1)), ("name", .string(span.name)),
          ("startMs", .integer(span.start)), ("ms", .integer(stop - span.start)),
        ]))
    }
    for storage in watched { lines += Self.calls(storage.counts) }
    lines.append(
      .object([("type", .string("summary")), ("v", .integer(1)), ("ms", .integer(end))]))
    let file = try OutputFile(path, replaces: true)
    for line in lines { try file.write(Array((JSONWriter.text(line) + "\n").utf8)) }
    _ = try file.finish()
  }

  private static func calls(_ counts: StorageCounts) -> [JSONValue] {
    var lines: [JSONValue] = []
    for kind in PathKind.allCases {
      for operation in StorageCounts.Operation.allCases {
        let calls = counts.calls(operation, kind)
        if calls == 0 { continue }
        lines.append(
          .object([
            ("type", .string("calls")), ("v", .integer(1)), ("files", .string(kind.rawValue)),
            ("operation", .string(operation.rawValue)), ("calls", .integer(Int64(calls))),
          ]))
      }
      let read = counts.bytesRead(kind)
      let written = counts.bytesWritten(kind)
      if read + written == 0 { continue }
      lines.append(
        .object([
          ("type", .string("bytes")), ("v", .integer(1)), ("files", .string(kind.rawValue)),
          ("read", .integer(Int64(read))), ("written", .integer(Int64(written))),
        ]))
    }
    return lines
  }
}
