// Spec: 12d-changes. Whether the rows of two sides hold the same values.
import LakeBase

extension Column {
  /// A bit for every row that is equal in all columns of both sides. Nulls are equal to nulls,
  /// floating-point numbers by their bits, maps entry by entry in their order. [CHANGE-4]
  ///
  /// - Parameters:
  ///   - left: columns of `count` rows.
  ///   - right: as many columns of the same types and rows.
  public static func equalRows(_ left: [Column], _ right: [Column], count: Int) -> Bitmap {
    precondition(left.count == right.count, "as many columns on both sides")
    var equal = [Bool](repeating: true, count: count)
    for (a, b) in zip(left, right) { clearDifferent(a.decoded(), b.decoded(), &equal) }
    return Bitmap(equal)
  }
}

/// Clears the places of rows that differ; both columns are of one type and decoded.
private func clearDifferent(_ a: Column, _ b: Column, _ equal: inout [Bool]) {
  precondition(a.count == equal.count && b.count == equal.count, "one place a row")
  precondition(a.type.hasSameLayout(as: b.type), "columns of one type")
  var inner = [Bool](repeating: true, count: equal.count)
  switch (a.layout, b.layout) {
  case (.nothing, _): break
  case (.fixed(let x), .fixed(let y)):
    clearFixed(x.pointer, y.pointer, a.type.fixedWidth ?? 0, &inner)
    withExtendedLifetime((x, y)) {}
  case (.bits(let x), .bits(let y)):
    for row in inner.indices where x[row] != y[row] { inner[row] = false }
  case (.bytes, .bytes):
    a.withBytes { (xo: UnsafePointer<Int32>, xd: UnsafePointer<UInt8>) in
      b.withBytes { (yo: UnsafePointer<Int32>, yd: UnsafePointer<UInt8>) in
        clearBytes(xo, xd, yo, yd, &inner)
      }
    }
  case (.structure(let x), .structure(let y)):
    for (left, right) in zip(x, y) { clearDifferent(left.decoded(), right.decoded(), &inner) }
  case (.list(let xo, let xc), .list(let yo, let yc)):
    clearLists(xo, xc, yo, yc, &inner)
  default: preconditionFailure("columns of one type have one layout once decoded")
  }
  for row in equal.indices {
    switch (a.isNull(row), b.isNull(row)) {
    case (true, true): break
    case (false, false): equal[row] = equal[row] && inner[row]
    default: equal[row] = false
    }
  }
}

private func clearFixed(
  _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ width: Int, _ equal: inout [Bool]
) {
  for row in equal.indices where !equalBytes(x + row &* width, y + row &* width, width) {
    equal[row] = false
  }
}

private func clearBytes(
  _ xo: UnsafePointer<Int32>, _ xd: UnsafePointer<UInt8>, _ yo: UnsafePointer<Int32>,
  _ yd: UnsafePointer<UInt8>, _ equal: inout [Bool]
) {
  for row in equal.indices {
    let length = Int(xo[row &+ 1]) &- Int(xo[row])
    let isSame =
      Int(yo[row &+ 1]) &- Int(yo[row]) == length
      && equalBytes(
        UnsafeRawPointer(xd) + Int(xo[row]), UnsafeRawPointer(yd) + Int(yo[row]), length)
    if !isSame { equal[row] = false }
  }
}

/// Lists of equal length are compared item by item, all rows at once.
private func clearLists(
  _ xo: Buffer, _ xc: Column, _ yo: Buffer, _ yc: Column, _ equal: inout [Bool]
) {
  let x = xo.pointer.assumingMemoryBound(to: Int32.self)
  let y = yo.pointer.assumingMemoryBound(to: Int32.self)
  var left: [Int32] = []
  var right: [Int32] = []
  var owner: [Int] = []
  for row in equal.indices {
    let length = x[row + 1] - x[row]
    guard y[row + 1] - y[row] == length else {
      equal[row] = false
      continue
    }
    for item in 0..<length {
      left.append(x[row] + item)
      right.append(y[row] + item)
      owner.append(row)
    }
  }
  withExtendedLifetime((xo, yo)) {}
  var items = [Bool](repeating: true, count: owner.count)
  clearDifferent(xc.take(left).decoded(), yc.take(right).decoded(), &items)
  for (item, row) in owner.enumerated() where !items[item] { equal[row] = false }
}
