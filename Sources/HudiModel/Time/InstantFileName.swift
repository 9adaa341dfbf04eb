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
    // Timelines have tens of thousands of names: slices, no arrays.
    guard let first = name.utf8.first, first >= 0x30, first <= 0x39,
      let dot = name.utf8.firstIndex(of: 0x2E)
    else { return .foreign }
    var word = name[name.utf8.index(after: dot)...]
    var stage: Substring?
    if let next = word.utf8.firstIndex(of: 0x2E) {
      stage = word[word.utf8.index(after: next)...]
      word = word[..<next]
    }
    guard isWord(word), stage.map(isWord) ?? true else { return .foreign }
    let last = stage ?? word
    if last == "crc" || last == "tmp" { return .foreign }
    var times = (first: name[..<dot], second: Substring?.none)
    if let under = times.first.utf8.firstIndex(of: 0x5F) {
      times.second = times.first[times.first.utf8.index(after: under)...]
      times.first = times.first[..<under]
    }
    guard isDigits(times.first), times.second.map(isDigits) ?? true else { return .foreign }
    if stage == nil && word == "inflight" { (word, stage) = ("commit", "inflight") }
    let state: Instant.State
    switch stage {
    case nil: state = .completed
    case "requested": state = .requested
    case "inflight": state = .inflight
    default: return .foreign
    }
    guard let requested = time(times.first) else {
      return .malformed("the time \(times.first)")
    }
    guard let action = Action(rawValue: String(word)) else {
      return .unknownAction(requested, String(word), state)
    }
    if state != .completed {
      if times.second != nil { return .foreign }
      return .instant(Instant(requested, action, state))
    }
    if action != action.completed { return .malformed("a completed \(action)") }
    guard let second = times.second else {
      return .instant(Instant(requested, action, .completed, isLegacy: layout == .two))
    }
    guard layout == .two else { return .foreign }
    guard let completed = time(second) else { return .malformed("the time \(second)") }
    return .instant(Instant(requested, action, .completed, completed: completed))
  }

  /// A time that may name an instant: 14 to 24 digits.
  private static func time(_ digits: Substring) -> InstantTime? {
    digits.utf8.count >= 14 ? InstantTime(digits) : nil
  }

  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  private static func isWord(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(isWordByte)
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
