// Spec: 16-command-line. How far a long command is, without ever being in the way.
import LakeBase
import Synchronization

/// A bar on a terminal after half a second, or a line every five seconds.
final class ProgressDisplay: Sendable {
  enum Mode: String, Sendable, CaseIterable { case bar, plain, json, none }

  private struct State {
    var lastShown: Int64
    var lineStands = false
  }

  private let mode: Mode
  private let clock: any WallClock
  private let started: Int64
  private let state: Mutex<State>

  init(_ mode: Mode, _ clock: any WallClock) {
    self.mode = mode
    self.clock = clock
    started = clock.monotonic()
    state = Mutex(State(lastShown: started + (mode == .bar ? 400 : 0)))
  }

  func show(rows: Int, bytes: Int, of total: Int?, _ console: any Console) {
    guard mode != .none else { return }
    let now = clock.monotonic()
    let pause: Int64 = mode == .bar ? 100 : 5000
    let due = state.withLock { (state) -> Bool in
      guard now - state.lastShown >= pause else { return false }
      state.lastShown = now
      state.lineStands = mode == .bar
      return true
    }
    guard due else { return }
    let text = line(rows, bytes, total, now - started, console.width)
    _ = try? console.write(Buffer(utf8: text), to: .error)
  }

  /// Removes the bar, so that other text can stand in its place.
  func clear(_ console: any Console) {
    let stood = state.withLock { (state) -> Bool in
      defer { state.lineStands = false }
      return state.lineStands
    }
    if stood { _ = try? console.write(Buffer(utf8: "\r\u{1b}[K"), to: .error) }
  }

  private func line(
    _ rows: Int, _ bytes: Int, _ total: Int?, _ elapsed: Int64, _ width: Int
  ) -> String {
    if mode == .json {
      return JSONValue.object([
        ("type", .text("progress")), ("v", .int(1)), ("rows", .int(rows)), ("bytes", .int(bytes)),
        ("ofBytes", .int(total)), ("ms", .int(Int(elapsed))),
      ]).line + "\n"
    }
    let rate = elapsed > 0 ? Int(Double(bytes) * 1000 / Double(elapsed)) : 0
    var facts = "\(HumanText.count(rows)) rows  \(HumanText.bytes(bytes))"
    facts += "  \(HumanText.bytes(rate))/s"
    if let total, total > 0, bytes > 0, bytes <= total {
      let left = Int(Double(elapsed) * Double(total - bytes) / Double(bytes))
      facts = "\(bytes * 100 / total) %  \(facts)  ETA \(HumanText.duration(left))"
      let room = Swift.min(26, width - facts.count - 3)
      if mode == .bar && room >= 8 {
        let filled = bytes * room / total
        facts =
          String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled)
          + " " + facts
      }
    }
    return mode == .bar ? "\r" + HumanText.fitted(facts, width - 1) + "\u{1b}[K" : facts + "\n"
  }
}
