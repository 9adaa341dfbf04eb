// Spec: 11-keys-and-indexes. The part of Joda's date patterns that partition paths use.
import LakeBase

/// A date pattern: the letters `y M d H m s S Z`, quoted text, and anything that is no letter.
/// [KEY-9]
struct TimePattern: Sendable, Hashable {
  private enum Piece: Sendable, Hashable {
    case literal(String)
    case field(Character, width: Int)
  }

  private let pieces: [Piece]

  /// Throws `tableFeatureUnsupported` for other letters.
  init(_ text: String) throws(LakeError) {
    var pieces: [Piece] = []
    var literal = ""
    func flush() {
      if !literal.isEmpty { pieces.append(.literal(literal)) }
      literal = ""
    }
    var rest = Substring(text)
    while let letter = rest.first {
      if letter == "'" {
        rest = rest.dropFirst()
        if rest.first == "'" {
          literal.append("'")
          rest = rest.dropFirst()
          continue
        }
        let quoted = rest.prefix { $0 != "'" }
        literal += quoted
        rest = rest.dropFirst(quoted.count + 1)
      } else if letter.isASCII && letter.isLetter {
        guard "yMdHmsSZ".contains(letter) else {
          throw LakeError(
            .tableFeatureUnsupported,
            "the letter \(letter) of the date format \(text.debugDescription) is not known")
        }
        flush()
        let run = rest.prefix { $0 == letter }
        if letter == "M" && run.count > 2 {
          throw LakeError(
            .tableFeatureUnsupported, "month names in \(text.debugDescription) are not known")
        }
        pieces.append(.field(letter, width: run.count))
        rest = rest.dropFirst(run.count)
      } else {
        literal.append(letter)
        rest = rest.dropFirst()
      }
    }
    flush()
    self.pieces = pieces
  }

  /// Milliseconds within which the text does not change.
  var grain: Int64 {
    var smallest: Int64 = 86_400_000
    for case .field(let letter, _) in pieces {
      switch letter {
      case "H": smallest = min(smallest, 3_600_000)
      case "m": smallest = min(smallest, 60_000)
      case "s": smallest = min(smallest, 1000)
      case "S": smallest = 1
      default: break
      }
    }
    return smallest
  }

  /// The text of a civil time; nil outside the years 0 to 9999.
  func text(_ civil: Int64, offset: Int64) -> String? {
    let time = CivilTime(milliseconds: civil)
    guard time.year >= 0, time.year <= 9999 else { return nil }
    var text = ""
    for piece in pieces {
      switch piece {
      case .literal(let words): text += words
      case .field("y", let width) where width == 2: text += Self.padded(time.year % 100, 2)
      case .field("y", let width): text += Self.padded(time.year, width)
      case .field("M", let width): text += Self.padded(time.month, width)
      case .field("d", let width): text += Self.padded(time.day, width)
      case .field("H", let width): text += Self.padded(time.hour, width)
      case .field("m", let width): text += Self.padded(time.minute, width)
      case .field("s", let width): text += Self.padded(time.second, width)
      case .field("S", let width):
        let digits =
          Self.padded(time.millisecond, 3) + String(repeating: "0", count: max(0, width - 3))
        text += digits.prefix(width)
      case .field(_, let width): text += Self.zone(offset, colon: width > 1)
      }
    }
    return text
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  private static func zone(_ offset: Int64, colon: Bool) -> String {
    let minutes = Int(offset.magnitude / 60_000)
    return (offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + (colon ? ":" : "")
      + padded(minutes % 60, 2)
  }

  /// The civil milliseconds a text says, and its offset from UTC where the pattern has one.
  func parse(_ text: String) -> (civil: Int64, offset: Int64?)? {
    var bytes = ArraySlice(text.utf8)
    var time = CivilTime(year: 1970, month: 1, day: 1)
    var offset: Int64?
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .literal(let words):
        guard bytes.starts(with: words.utf8) else { return nil }
        bytes = bytes.dropFirst(words.utf8.count)
      case .field("Z", _):
        guard let found = Self.takeZone(&bytes) else { return nil }
        offset = found
      case .field("S", _):
        guard let found = Self.takeFraction(&bytes) else { return nil }
        time.millisecond = found
      case .field(let letter, let width):
        // A field right before another one has exactly its width; else as many digits as there are.
        let isTight = index + 1 < pieces.count && Self.isField(pieces[index + 1])
        let most = isTight ? width : letter == "y" ? 9 : 2
        guard let value = Self.takeNumber(&bytes, most) else { return nil }
        Self.set(&time, letter, value)
      }
    }
    guard bytes.isEmpty, time.isValid, time.year <= 9999 else { return nil }
    return (time.milliseconds, offset)
  }

  private static func isField(_ piece: Piece) -> Bool {
    if case .field = piece { true } else { false }
  }

  private static func set(_ time: inout CivilTime, _ letter: Character, _ value: Int) {
    switch letter {
    case "y": time.year = value
    case "M": time.month = value
    case "d": time.day = value
    case "H": time.hour = value
    case "m": time.minute = value
    default: time.second = value
    }
  }

  private static func takeNumber(_ bytes: inout ArraySlice<UInt8>, _ most: Int) -> Int? {
    let digits = bytes.prefix(most).prefix { $0 >= 0x30 && $0 <= 0x39 }
    guard !digits.isEmpty else { return nil }
    bytes = bytes.dropFirst(digits.count)
    return digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
  }

  private static func takeFraction(_ bytes: inout ArraySlice<UInt8>) -> Int? {
    let digits = bytes.prefix(9).prefix { $0 >= 0x30 && $0 <= 0x39 }
    guard !digits.isEmpty else { return nil }
    bytes = bytes.dropFirst(digits.count)
    var padded = digits.prefix(3).map { Int($0) - 0x30 }
    while padded.count < 3 { padded.append(0) }
    return padded[0] * 100 + padded[1] * 10 + padded[2]
  }

  /// `Z`, `+hhmm` or `+hh:mm`, in milliseconds.
  static func takeZone(_ bytes: inout ArraySlice<UInt8>) -> Int64? {
    guard let sign = bytes.first else { return nil }
    bytes = bytes.dropFirst()
    if sign == 0x5A { return 0 }
    guard sign == 0x2B || sign == 0x2D, let hours = takeNumber(&bytes, 2), hours < 24 else {
      return nil
    }
    if bytes.first == 0x3A { bytes = bytes.dropFirst() }
    guard let minutes = takeNumber(&bytes, 2), minutes < 60 else { return nil }
    let offset = Int64(hours * 60 + minutes) * 60_000
    return sign == 0x2D ? -offset : offset
  }
}

/// Zones whose offset is in their name. Zones that change theirs need tables this project does not
/// carry.
enum FixedZone {
  /// Milliseconds ahead of UTC. Throws `tableFeatureUnsupported` for other names.
  static func offset(_ name: String) throws(LakeError) -> Int64 {
    let upper = name.uppercased()
    if ["UTC", "GMT", "Z", "ETC/UTC", "ETC/GMT", "UCT", "ZULU"].contains(upper) { return 0 }
    var bytes = ArraySlice(upper.utf8)
    for prefix in ["UTC", "GMT"] where upper.hasPrefix(prefix) { bytes = bytes.dropFirst(3) }
    if let sign = bytes.first, sign == 0x2B || sign == 0x2D {
      if let offset = TimePattern.takeZone(&bytes), bytes.isEmpty { return offset }
      // `GMT+8`: hours alone.
      if let hours = Int(String(decoding: Array(upper.utf8).suffix(from: 3), as: UTF8.self)),
        hours.magnitude < 24
      {
        return Int64(hours) * 3_600_000
      }
    }
    throw LakeError(
      .tableFeatureUnsupported,
      "the time zone \(name.debugDescription) of the key generator has no fixed offset",
      hint: "UTC and zones such as GMT+08:00 can be computed")
  }
}
