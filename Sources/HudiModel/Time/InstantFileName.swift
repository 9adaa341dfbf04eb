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
    self.init(name.utf8.span, layout)
  }

  /// The same from the bytes of a name: timelines have tens of thousands of names, and nothing is
  /// allocated for one.
  public init(_ name: Span<UInt8>, _ layout: TimelineLayout) {
    guard let parts = Parts(name) else {
      self = .foreign
      return
    }
    self = Self.parse(name, parts, layout)
  }

  /// `times.word[.stage]`, times of digits and at most one `_`.
  private struct Parts {
    var times: Range<Int>
    /// Nil: one time.
    var under: Int?
    var word: Range<Int>
    var stage: Range<Int>?

    init?(_ name: Span<UInt8>) {
      var place = 0
      while place < name.count, name[place] != 0x2E {
        let byte = name[place]
        if byte == 0x5F, under == nil {
          under = place
        } else if byte < 0x30 || byte > 0x39 {
          return nil
        }
        place += 1
      }
      guard place < name.count, place > 0, under != 0, under != place - 1 else { return nil }
      times = 0..<place
      let start = place + 1
      place = start
      while place < name.count, isWordByte(name[place]) { place += 1 }
      word = start..<place
      if word.isEmpty { return nil }
      if place == name.count { return }
      guard name[place] == 0x2E else { return nil }
      let second = place + 1
      place = second
      while place < name.count, isWordByte(name[place]) { place += 1 }
      guard place == name.count, place > second else { return nil }
      stage = second..<place
    }
  }

  private static func parse(
    _ name: Span<UInt8>, _ parts: Parts, _ layout: TimelineLayout
  ) -> InstantFileName {
    let last = name.extracting(parts.stage ?? parts.word)
    if last.spells("crc") || last.spells("tmp") { return .foreign }
    let state: Instant.State
    var action: Action?
    if parts.stage == nil {
      // A write's inflight file is the one name without its action.
      state = last.spells("inflight") ? .inflight : .completed
      action = state == .inflight ? .commit : Action(last)
    } else {
      if last.spells("requested") {
        state = .requested
      } else if last.spells("inflight") {
        state = .inflight
      } else {
        return .foreign
      }
      action = Action(name.extracting(parts.word))
    }
    let first = parts.times.lowerBound..<(parts.under ?? parts.times.upperBound)
    guard let requested = time(name, first) else {
      return .malformed("the time \(text(name, first))")
    }
    guard let action else { return .unknownAction(requested, text(name, parts.word), state) }
    if state != .completed {
      if parts.under != nil { return .foreign }
      return .instant(Instant(requested, action, state))
    }
    if action != action.completed { return .malformed("a completed \(action)") }
    guard let under = parts.under else {
      return .instant(Instant(requested, action, .completed, isLegacy: layout == .two))
    }
    guard layout == .two else { return .foreign }
    let second = under + 1..<parts.times.upperBound
    guard let completed = time(name, second) else {
      return .malformed("the time \(text(name, second))")
    }
    return .instant(Instant(requested, action, .completed, completed: completed))
  }

  /// A time that may name an instant: 14 to 24 digits.
  private static func time(_ name: Span<UInt8>, _ digits: Range<Int>) -> InstantTime? {
    digits.count >= 14 ? InstantTime(name.extracting(digits)) : nil
  }

  private static func text(_ name: Span<UInt8>, _ range: Range<Int>) -> String {
    var bytes: [UInt8] = []
    for place in range { bytes.append(name[place]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

private func isWordByte(_ byte: UInt8) -> Bool {
  (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x41 && byte <= 0x5A)
    || (byte >= 0x30 && byte <= 0x39)
    || byte == 0x5F
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
