// Spec: 11-keys-and-indexes. The record-key filter in the footers of base files, bit for bit.
import LakeBase
import LakeColumns

/// A set of record keys without false negatives, in one of Hudi's two forms.
public struct HudiBloomFilter: Sendable, Hashable {
  /// The footer's word for the form; without one the form is simple.
  public enum Form: String, Sendable, Hashable {
    case simple = "SIMPLE"
    case dynamic = "DYNAMIC_V0"
  }

  /// Footer keys.
  public static let footerKey = "org.apache.hudi.bloomfilter"
  public static let legacyFooterKey = "com.uber.hoodie.bloomfilter"
  public static let formKey = "hoodie_bloom_filter_type_code"
  public static let minimumKey = "hoodie_min_record_key"
  public static let maximumKey = "hoodie_max_record_key"

  public let form: Form
  public let hashes: Int32
  public let bitCount: Int32
  /// Dynamic: keys after which a new row begins.
  public let keysPerRow: Int32
  /// Dynamic: keys added since the last row began.
  public private(set) var currentKeys: Int32
  private let keysMax: Int
  private var hasReachedMax = false
  private var turn = 0
  private var rows: [[UInt8]]

  /// Bits and hashes for a number of keys and a rate of false positives. [KEY-11]
  public static func size(keys: Int, falsePositives: Double) -> (bits: Int32, hashes: Int32)? {
    guard keys > 0, falsePositives > 0, falsePositives < 1 else { return nil }
    let ln2 = 0.693_147_180_559_945_3
    let bits = (Double(keys) * (-logarithm(falsePositives) / (ln2 * ln2))).rounded(.up)
    guard bits >= 1, bits <= Double(Int32.max) else { return nil }
    return (Int32(bits), Int32((ln2 * bits / Double(keys)).rounded(.up)))
  }

  /// An empty simple filter, sized for that many keys (at least one).
  public init(simpleFor keys: Int, falsePositives: Double) throws(LakeError) {
    try self.init(.simple, keys: max(1, keys), falsePositives, keysMax: 0)
  }

  /// An empty dynamic filter that grows by rows of `keysPerRow` keys up to `keysMax`.
  public init(dynamicRowOf keysPerRow: Int, falsePositives: Double, keysMax: Int) throws(LakeError)
  {
    try self.init(.dynamic, keys: keysPerRow, falsePositives, keysMax: keysMax)
  }

  private init(
    _ form: Form, keys: Int, _ falsePositives: Double, keysMax: Int
  ) throws(LakeError) {
    guard let size = Self.size(keys: keys, falsePositives: falsePositives),
      let perRow = Int32(exactly: keys)
    else {
      throw LakeError(
        .limitExceeded,
        "a filter for \(keys) keys with \(falsePositives) false positives is too large")
    }
    self.form = form
    self.keysMax = keysMax
    bitCount = size.bits
    hashes = size.hashes
    keysPerRow = form == .dynamic ? perRow : 0
    currentKeys = 0
    rows = [Self.emptyRow(size.bits)]
  }

  private static func emptyRow(_ bits: Int32) -> [UInt8] {
    [UInt8](repeating: 0, count: (Int(bits) + 7) / 8)
  }

  public var rowCount: Int { rows.count }

  /// Adds every value of a column of keys; nulls and empty texts are left out.
  public mutating func add(_ keys: Column) {
    if form == .simple {
      BloomKernel.add(keys, 0..<keys.count, to: &rows[0], bitCount: bitCount, hashes: Int(hashes))
      return
    }
    var row = 0
    while row < keys.count {
      // As many as go into the present row at once.
      let target = nextRow()
      let room = hasReachedMax ? 1 : max(1, Int(keysPerRow - currentKeys))
      let end = min(keys.count, row + room)
      BloomKernel.add(keys, row..<end, to: &rows[target], bitCount: bitCount, hashes: Int(hashes))
      currentKeys &+= Int32(end - row)
      row = end
    }
  }

  /// The row that takes the next key. At the moment the maximum is reached, and in the turn after
  /// it, the first row takes a key each.
  private mutating func nextRow() -> Int {
    if hasReachedMax {
      defer { turn += 1 }
      return turn % rows.count
    }
    if currentKeys >= keysPerRow {
      if rows.count * Int(keysPerRow) < keysMax {
        rows.append(Self.emptyRow(bitCount))
        currentKeys = 0
      } else {
        hasReachedMax = true
        return 0
      }
    }
    return rows.count - 1
  }

  /// For every row of a column of keys whether it may be in the set.
  public func mayContain(_ keys: Column) -> [Bool] {
    var found = [Bool](repeating: false, count: keys.count)
    for row in rows {
      let inRow = BloomKernel.contains(keys, in: row, bitCount: bitCount, hashes: Int(hashes))
      for index in 0..<found.count where inRow[index] { found[index] = true }
    }
    return found
  }

  /// Whether one key may be in the set.
  public func mayContain(_ key: String) -> Bool {
    mayContain(Column.texts([key]))[0]
  }

  // MARK: Bytes

  /// The bytes, big-endian, that the footer holds in Base64. [KEY-12]
  public func encode() -> Buffer {
    let out = GrowingBuffer(capacity: 26 + rows.count * (13 + rows[0].count))
    if form == .dynamic {
      header(out)
      out.append(bigEndian: UInt32(bitPattern: keysPerRow))
      out.append(bigEndian: UInt32(bitPattern: currentKeys))
      out.append(bigEndian: UInt32(rows.count))
    }
    for row in rows {
      header(out)
      out.append(row)
    }
    return out.take()
  }

  private func header(_ out: GrowingBuffer) {
    out.append(bigEndian: UInt32.max)
    out.append(bigEndian: UInt32(bitPattern: hashes))
    out.append(byte: 1)
    out.append(bigEndian: UInt32(bitPattern: bitCount))
  }

  /// Reads a filter. Throws `baseFileMalformed` for bytes that are none, and `codecUnsupported` for
  /// the hash of very old files. [KEY-13]
  public init(_ form: Form, parsing bytes: Buffer) throws(LakeError) {
    var reader = ByteReader(bytes, code: .baseFileMalformed)
    let head = try Self.readHeader(&reader)
    self.form = form
    hashes = head.hashes
    bitCount = head.bits
    keysMax = 0
    let width = (Int(head.bits) + 7) / 8
    if form == .simple {
      keysPerRow = 0
      currentKeys = 0
      rows = [try reader.take(width).bytes]
    } else {
      keysPerRow = try reader.bigEndian(Int32.self)
      currentKeys = try reader.bigEndian(Int32.self)
      let count = try reader.bigEndian(Int32.self)
      guard count > 0, keysPerRow > 0, currentKeys >= 0,
        Int(count) <= reader.remaining / (13 + width)
      else { throw reader.failure("a filter has \(count) rows of \(width) bytes") }
      var rows: [[UInt8]] = []
      for _ in 0..<count {
        let row = try Self.readHeader(&reader)
        guard row == head else { throw reader.failure("rows of a filter differ in size") }
        rows.append(try reader.take(width).bytes)
      }
      self.rows = rows
    }
    guard reader.isAtEnd else { throw reader.failure("\(reader.remaining) bytes follow a filter") }
  }

  private struct Header: Equatable {
    let hashes: Int32
    let bits: Int32
  }

  private static func readHeader(_ reader: inout ByteReader) throws(LakeError) -> Header {
    let version = try reader.bigEndian(Int32.self)
    guard version == -1 else {
      throw LakeError(
        .codecUnsupported,
        "a key filter of version \(version) uses a hash that nothing writes any more")
    }
    let hashes = try reader.bigEndian(Int32.self)
    let kind = try reader.byte()
    guard kind == 1 else {
      throw LakeError(
        .codecUnsupported, "a key filter uses the hash \(kind), which nothing writes any more")
    }
    let bits = try reader.bigEndian(Int32.self)
    guard hashes > 0, hashes <= 10_000, bits > 0 else {
      throw reader.failure("a filter has \(hashes) hashes and \(bits) bits")
    }
    return Header(hashes: hashes, bits: bits)
  }

  /// The text of the footer's value.
  public var footerValue: String { Base64.encode(encode()) }

  /// The filter of a footer, nil where the footer has none.
  /// - Parameter value: what the footer says for a key.
  public init?(footer value: (String) -> String?) throws(LakeError) {
    guard let text = value(Self.footerKey) ?? value(Self.legacyFooterKey) else { return nil }
    let name = value(Self.formKey) ?? Form.simple.rawValue
    guard let form = Form(rawValue: name) else {
      throw LakeError(
        .baseFileMalformed, "the key filter's form \(name.debugDescription) is not known")
    }
    guard let bytes = Base64.decode(text) else {
      throw LakeError(.baseFileMalformed, "the key filter is not Base64")
    }
    try self.init(form, parsing: bytes)
  }
}

/// The natural logarithm, by the series of (m − 1)/(m + 1) after the exponent is taken out: no
/// system library, and exact to the last digits for the few constants it is needed for.
func logarithm(_ value: Double) -> Double {
  var exponent = Double(value.exponent)
  var mantissa = value.significand
  if mantissa > 1.414_213_562_373_095 {
    mantissa /= 2
    exponent += 1
  }
  let ratio = (mantissa - 1) / (mantissa + 1)
  let square = ratio * ratio
  var power = ratio
  var sum = 0.0
  var order = 1.0
  while order < 60 {
    sum += power / order
    power *= square
    order += 2
  }
  return 2 * sum + exponent * 0.693_147_180_559_945_3
}
