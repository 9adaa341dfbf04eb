// Spec: 04-timeline. The names of instant files in both layouts, to values and back.
import LakeBase

/// What one name in a timeline directory says.
public enum InstantFileName: Sendable, Hashable {
  /// One file of an instant. In layout 2 a completed file without completion time is `isLegacy`.
  case instant(Instant)
  /// Spelled like an instant, with an action this project does not know: a table with such a file
  /// is read only where the action cannot matter, and never written. [TIME-6]
  case unknownAction(InstantTime, String, Instant.State)
  /// Spelled like an instant, but the time cannot be one.
  case malformed(String)
  /// Anything else: temporary files, checksums, other programs' debris. Invisible. [TIME-7]
  case foreign

  /// Reads a name by the grammar of `layout`; the whole name must match.
  public init(_ name: String, _ layout: TimelineLayout) {
    self = Self.parse(name, layout)
  }

  private static func parse(_ name: String, _ layout: TimelineLayout) -> InstantFileName {
    guard let first = name.utf8.first, first >= 0x30, first <= 0x39 else { return .foreign }
    if name.hasSuffix(".crc") || name.hasSuffix(".tmp") { return .foreign }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3 else { return .foreign }
    for part in parts.dropFirst() where part.isEmpty || !part.utf8.allSatisfy(isWordByte) {
      return .foreign
    }
    let times = parts[0].split(separator: "_", omittingEmptySubsequences: false)
    guard times.count <= 2, times.allSatisfy(isDigits) else { return .foreign }
    var words = parts.dropFirst().map(String.init)
    if words == ["inflight"] { words = ["commit", "inflight"] }
    let state: Instant.State
    switch words.count == 2 ? words[1] : "" {
    case "": state = .completed
    case "requested": state = .requested
    case "inflight": state = .inflight
    default: return .foreign
    }
    guard let requested = time(times[0]) else { return .malformed("the time \(times[0])") }
    guard let action = Action(rawValue: words[0]) else {
      return .unknownAction(requested, words[0], state)
    }
    if state != .completed {
      if times.count == 2 { return .foreign }
      return .instant(Instant(requested, action, state))
    }
    if action != action.completed { return .malformed("a completed \(action)") }
    if times.count == 1 {
      return .instant(Instant(requested, action, .completed, isLegacy: layout == .two))
    }
    guard layout == .two else { return .foreign }
    guard let completed = time(times[1]) else { return .malformed("the time \(times[1])") }
    return .instant(Instant(requested, action, .completed, completed: completed))
  }

  /// A time that may name an instant: 14 to 24 digits.
  private static func time(_ digits: Substring) -> InstantTime? {
    digits.utf8.count >= 14 ? InstantTime(digits) : nil
  }

  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A)
      || (byte >= 0x30 && byte <= 0x39)
      || byte == 0x5F
  }
}

extension Instant {
  /// The name of this instant's file in its present state. [TIME-8]
  public func fileName(_ layout: TimelineLayout) -> String {
    switch state {
    case .requested: return "\(requested).\(pendingWord(layout)).requested"
    case .inflight:
      // A write's inflight file is the one name without its action.
      if action == .commit { return "\(requested).inflight" }
      return "\(requested).\(pendingWord(layout)).inflight"
    case .completed:
      guard layout == .two, !isLegacy, let completed else {
        return "\(requested).\(action.completed)"
      }
      return "\(requested)_\(completed).\(action.completed)"
    }
  }

  /// The name of the file in an earlier or the present state.
  public func fileName(_ layout: TimelineLayout, in state: State) -> String {
    state == self.state ? fileName(layout) : with(state, completed: completed).fileName(layout)
  }

  /// Layout 1 has no word for clustering: it plans and runs under `replacecommit`.
  private func pendingWord(_ layout: TimelineLayout) -> Action {
    layout == .one && action == .clustering ? .replacecommit : action
  }
}
