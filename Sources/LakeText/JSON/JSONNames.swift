// Spec: 14-text-rows. Names of members to positions of columns, guessing that rows look alike.
import LakeBase
import LakeColumns

/// The fields of an object, found by name. Owned by one worker, because it remembers the last
/// order.
final class JSONNames {
  static let unknown = -1
  static let passedOver = -2

  let fields: [Field]
  private let names: [[UInt8]]
  private let places: [[UInt8]: Int]
  /// For each member of the last object the column it belonged to.
  private var order: [Int] = []

  init(_ fields: [Field], dropped: Set<String> = []) {
    self.fields = fields
    names = fields.map { Array($0.name.utf8) }
    var places: [[UInt8]: Int] = [:]
    for (index, name) in names.enumerated() { places[name] = index }
    for name in dropped { places[Array(name.utf8)] = Self.passedOver }
    self.places = places
  }

  /// The position of the column that member number `member` belongs to.
  @inline(__always)
  private func find(_ member: Int, _ name: UnsafePointer<UInt8>, _ count: Int) -> Int {
    if member < order.count {
      let guess = order[member]
      if guess >= 0 && names[guess].count == count {
        let isSame = names[guess].withUnsafeBufferPointer {
          compareBytes($0.baseAddress, count, name, count) == 0
        }
        if isSame { return guess }
      }
    }
    return lookUp(member, Array(UnsafeBufferPointer(start: name, count: count)))
  }

  private func lookUp(_ member: Int, _ name: [UInt8]) -> Int {
    let found = places[name] ?? Self.unknown
    while order.count <= member { order.append(Self.unknown) }
    order[member] = found
    return found
  }

  /// Reads the object at `at` into a row of entries, which are zero before. Unknown and repeated
  /// names are errors.
  func object(
    _ scan: JSONScan, _ at: inout Int, into row: UnsafeMutablePointer<UInt64>
  ) throws(ParseFailure) {
    var member = 0
    try scan.members(&at) { (name: UInt64, value: UInt64) throws(ParseFailure) in
      let start = FieldTable.start(name)
      let count = FieldTable.end(name) &- start
      let place: Int
      if FieldTable.isEscaped(name) {
        place = lookUp(member, try Self.unescaped(scan, start, count))
      } else {
        place = find(member, scan.base + start, count)
      }
      member &+= 1
      if place < 0 {
        if place == Self.passedOver { return }
        throw unknown(scan, start, count)
      }
      if row[place] != 0 {
        throw ParseFailure(
          message: "the name \"\(fields[place].name)\" is there twice in one object",
          offset: start, column: fields[place].name)
      }
      row[place] = value
    }
  }

  static func unescaped(
    _ scan: JSONScan, _ start: Int, _ count: Int
  ) throws(ParseFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let written = bytes.withUnsafeMutableBufferPointer { space -> Int in
      guard let target = space.baseAddress else { return 0 }
      return JSONScan.unescape(scan.base + start, count, to: target)
    }
    guard written >= 0 else {
      throw ParseFailure(message: "an escape in a name is malformed", offset: start)
    }
    bytes.removeLast(count - written)
    return bytes
  }

  private func unknown(_ scan: JSONScan, _ start: Int, _ count: Int) -> ParseFailure {
    let name = String(
      decoding: UnsafeBufferPointer(start: scan.base + start, count: Swift.min(count, 200)),
      as: UTF8.self)
    return ParseFailure(
      code: .inputColumnUnknown, message: "the input has a field \"\(name)\" that is not expected",
      offset: start, column: name,
      hint: "fields: " + fields.map(\.name).joined(separator: ", ")
        + "; --drop \(name) passes it over")
  }
}
