// Spec: 01-terms. JSON out: the same value gives the same bytes.

/// Writes one JSON text, or several one after the other.
///
/// The caller keeps the order: a name before each member, an end for each beginning.
public struct JSONWriter {
  public enum Layout: Sendable {
    case compact
    /// Two spaces per level, ` : ` after names, as Java writes commit metadata.
    case pretty
  }

  private let layout: Layout
  private let isForTerminals: Bool
  public private(set) var bytes: [UInt8] = []
  /// Per open container: whether it is an array, and how many entries it has.
  private var open: [(isArray: Bool, count: Int)] = []
  private var followsName = false

  /// - Parameter forTerminals: also escape what `Escaping.message` does: text stays equal for a
  ///   program and harmless for a terminal.
  public init(_ layout: Layout = .compact, forTerminals: Bool = false) {
    self.layout = layout
    isForTerminals = forTerminals
  }

  /// The text of one value.
  public static func text(
    _ value: JSONValue, _ layout: Layout = .compact, forTerminals: Bool = false
  ) -> String {
    var writer = JSONWriter(layout, forTerminals: forTerminals)
    writer.value(value)
    return writer.text
  }

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public var buffer: Buffer { Buffer(bytes) }

  /// Forgets what was written, keeps the memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    open.removeAll(keepingCapacity: true)
    followsName = false
  }

  // MARK: Structure

  public mutating func beginObject() { begin(0x7B, isArray: false) }
  public mutating func endObject() { end(0x7D) }
  public mutating func beginArray() { begin(0x5B, isArray: true) }
  public mutating func endArray() { end(0x5D) }

  public mutating func name(_ name: String) {
    separate()
    quote(name)
    if layout == .pretty { bytes.append(0x20) }
    bytes.append(0x3A)
    if layout == .pretty { bytes.append(0x20) }
    followsName = true
  }

  // MARK: Values

  public mutating func null() { raw("null") }
  public mutating func value(_ flag: Bool) { raw(flag ? "true" : "false") }
  public mutating func value(_ number: Int64) { raw(String(number)) }
  public mutating func value(_ number: Int) { raw(String(number)) }

  public mutating func value(_ text: String) {
    separate()
    quote(text)
  }

  /// The shortest spelling that reads back to the same number; `"NaN"`, `"Infinity"` and
  /// `"-Infinity"` as strings, since JSON has no numbers for them. [JSON-2]
  public mutating func value(_ number: Double) {
    if number.isFinite {
      raw(number.description)
    } else {
      value(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
    }
  }

  public mutating func value(_ number: Float) {
    if number.isFinite { raw(number.description) } else { value(Double(number)) }
  }

  /// A whole value. Recursion is as deep as the value, which a reader has bounded.
  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let flag): self.value(flag)
    case .number(let text): raw(text)
    case .string(let text): self.value(text)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members {
        name(member.name)
        self.value(member.value)
      }
      endObject()
    }
  }

  /// A member in one call.
  public mutating func member(_ name: String, _ text: String) {
    self.name(name)
    value(text)
  }

  public mutating func member(_ name: String, _ number: Int) {
    self.name(name)
    value(number)
  }

  public mutating func member(_ name: String, _ flag: Bool) {
    self.name(name)
    value(flag)
  }

  public mutating func member(_ name: String, _ value: JSONValue) {
    self.name(name)
    self.value(value)
  }

  /// A line end between the texts of a JSON Lines file.
  public mutating func endLine() { bytes.append(0x0A) }

  // MARK: Bytes

  private mutating func raw(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func begin(_ bracket: UInt8, isArray: Bool) {
    separate()
    bytes.append(bracket)
    open.append((isArray, 0))
  }

  private mutating func end(_ bracket: UInt8) {
    guard let closed = open.popLast() else { return }
    if layout == .pretty && closed.count > 0 { newLine() }
    bytes.append(bracket)
  }

  private mutating func separate() {
    if followsName {
      followsName = false
      return
    }
    guard !open.isEmpty else { return }
    if open[open.count - 1].count > 0 { bytes.append(0x2C) }
    open[open.count - 1].count += 1
    if layout == .pretty { newLine() }
  }

  private mutating func newLine() {
    bytes.append(0x0A)
    for _ in 0..<open.count { bytes.append(contentsOf: [0x20, 0x20]) }
  }

  private mutating func quote(_ text: String) {
    bytes.append(0x22)
    if !isForTerminals && text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
      bytes.append(contentsOf: text.utf8)
    } else if isForTerminals && text.unicodeScalars.contains(where: { $0.value > 0x7E }) {
      for scalar in text.unicodeScalars {
        if scalar.value > 0x7E && Escaping.mustEscape(scalar) {
          let unit = UInt16(truncatingIfNeeded: scalar.value)
          bytes.append(contentsOf: Escaping.unicode(unit).utf8)
        } else {
          for byte in scalar.utf8 { put(byte) }
        }
      }
    } else {
      for byte in text.utf8 { put(byte) }
    }
    bytes.append(0x22)
  }

  @inline(__always)
  private mutating func put(_ byte: UInt8) {
    if byte >= 0x20 && byte != 0x22 && byte != 0x5C {
      bytes.append(byte)
      return
    }
    bytes.append(0x5C)
    switch byte {
    case 0x22, 0x5C: bytes.append(byte)
    case 0x08: bytes.append(0x62)
    case 0x0C: bytes.append(0x66)
    case 0x0A: bytes.append(0x6E)
    case 0x0D: bytes.append(0x72)
    case 0x09: bytes.append(0x74)
    default: bytes.append(contentsOf: Escaping.unicode(UInt16(byte)).utf8.dropFirst())
    }
  }
}
