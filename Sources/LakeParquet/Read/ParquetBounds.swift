// Spec: 06-base-files. What statistics let us believe about the values of a chunk or page.
import LakeBase
import LakeColumns

/// Bounds of the values that are not null. Every missing part means "nothing is known".
public struct ParquetBounds: Sendable, Equatable {
  /// No value is less. Texts whose bytes were cut within a character come as `.binary`: compare
  /// texts and binaries as unsigned bytes.
  public var lower: Scalar?
  /// No value is greater.
  public var upper: Scalar?
  /// `lower` is itself a value, not just below all of them.
  public var isLowerExact = false
  public var isUpperExact = false
  public var nullCount: Int?
  /// Level slots, nulls included.
  public var valueCount: Int?
  /// NaN values may be there whatever the bounds say; true for every floating point column.
  public var mayHoldNaN = false

  /// Known to hold nothing but nulls.
  public var isAllNull: Bool { nullCount != nil && nullCount == valueCount }
  /// Known to hold no null.
  public var hasNoNulls: Bool { nullCount == 0 }

  static let unknown = ParquetBounds()
}

/// How the bytes of a bound are to be read.
enum BoundKind {
  case signed(Int), unsigned(Int), boolean, float, double, half
  case decimal
  case text, binary

  /// Nil where the format defines no order: INT96, intervals, and types we do not know. [PQR-11]
  init?(_ leaf: Leaf) {
    if case .other = leaf.element.logicalType { return nil }
    if leaf.element.convertedType == .interval { return nil }
    switch (leaf.type, leaf.physicalType) {
    case (_, .int96), (.null, _): return nil
    case (.bool, _): self = .boolean
    case (.uint8, _), (.uint16, _), (.uint32, _): self = .unsigned(4)
    case (.uint64, _): self = .unsigned(8)
    case (.decimal, _): self = .decimal
    case (_, .int32): self = .signed(4)
    case (_, .int64): self = .signed(8)
    case (_, .float): self = .float
    case (_, .double): self = .double
    case (.float16, _): self = .half
    case (.string, _): self = .text
    default: self = .binary
    }
  }

  var isFloating: Bool {
    switch self {
    case .float, .double, .half: true
    default: false
    }
  }

  /// The deprecated bounds compare as signed numbers, so bytes and unsigned numbers have none.
  var hasSignedOrder: Bool {
    switch self {
    case .signed, .boolean, .float, .double: true
    default: false
    }
  }

  var isBytes: Bool {
    switch self {
    case .text, .binary: true
    default: false
    }
  }

  /// The bound in `bytes`, or nil where they are not of that kind, or NaN.
  func scalar(_ bytes: Buffer, _ leaf: Leaf, isLower: Bool) -> Scalar? {
    func load<T: FixedWidthInteger>(_: T.Type) -> T? {
      guard bytes.count == MemoryLayout<T>.size else { return nil }
      defer { withExtendedLifetime(bytes) {} }
      return T(littleEndian: bytes.pointer.loadUnaligned(as: T.self))
    }
    switch self {
    case .boolean: return bytes.count == 1 && bytes[0] <= 1 ? .bool(bytes[0] == 1) : nil
    case .signed(4): return load(Int32.self).map { .int(Int64($0)) }
    case .signed: return load(Int64.self).map { .int($0) }
    case .unsigned(4): return load(UInt32.self).map { .uint(UInt64($0)) }
    case .unsigned: return load(UInt64.self).map { .uint($0) }
    case .float:
      guard let bits = load(UInt32.self) else { return nil }
      let value = Float(bitPattern: bits)
      if value.isNaN { return nil }
      return .float(value == 0 ? (isLower ? -0.0 : 0.0) : value)
    case .double:
      guard let bits = load(UInt64.self) else { return nil }
      let value = Double(bitPattern: bits)
      if value.isNaN { return nil }
      return .double(value == 0 ? (isLower ? -0.0 : 0.0) : value)
    case .half:
      guard let bits = load(UInt16.self), bits & 0x7FFF <= 0x7C00 else { return nil }
      let cell = Column(.float16, count: 1, layout: .fixed(bytes)).scalar(0)
      guard case .float(let value) = cell else { return nil }
      return .float(value == 0 ? (isLower ? -0.0 : 0.0) : value)
    case .decimal:
      switch leaf.physicalType {
      case .int32: return load(Int32.self).map { .decimal(Int128($0)) }
      case .int64: return load(Int64.self).map { .decimal(Int128($0)) }
      default:
        if bytes.isEmpty { return nil }
        if let width = leaf.element.typeLength, leaf.physicalType == .fixedLenByteArray,
          bytes.count != width
        {
          return nil
        }
        defer { withExtendedLifetime(bytes) {} }
        return bigEndianDecimal(bytes.pointer, bytes.count).map { .decimal($0) }
      }
    case .text: return bytes.text.map { .string($0) } ?? .binary(bytes.bytes)
    case .binary: return .binary(bytes.bytes)
    }
  }
}

/// Whether `left` is greater than `right`; both from one `BoundKind`.
private func isGreater(_ left: Scalar, _ right: Scalar) -> Bool {
  func bytes(_ value: Scalar) -> [UInt8]? {
    switch value {
    case .string(let text): Array(text.utf8)
    case .binary(let bytes): bytes
    default: nil
    }
  }
  switch (left, right) {
  case (.bool(let a), .bool(let b)): return a && !b
  case (.int(let a), .int(let b)): return a > b
  case (.uint(let a), .uint(let b)): return a > b
  case (.float(let a), .float(let b)): return a > b
  case (.double(let a), .double(let b)): return a > b
  case (.decimal(let a), .decimal(let b)): return a > b
  default:
    guard let a = bytes(left), let b = bytes(right) else { return false }
    return b.lexicographicallyPrecedes(a)
  }
}

extension ParquetBounds {
  /// Bounds from two byte strings. Where one is missing, unreadable or greater than the other, or
  /// NaN, neither is believed. [PQR-11]
  init(
    _ kind: BoundKind?, _ leaf: Leaf, lower: Buffer?, upper: Buffer?, exact: (Bool?, Bool?),
    nullCount: Int?, valueCount: Int?
  ) {
    if let nulls = nullCount, nulls >= 0, nulls <= valueCount ?? nulls { self.nullCount = nulls }
    self.valueCount = valueCount
    guard let kind else { return }
    mayHoldNaN = kind.isFloating
    guard let lower, let upper, let low = kind.scalar(lower, leaf, isLower: true),
      let high = kind.scalar(upper, leaf, isLower: false), !isGreater(low, high)
    else { return }
    self.lower = low
    self.upper = high
    // Only byte arrays are ever cut short; a zero may have been the other zero.
    isLowerExact = exact.0 ?? !kind.isBytes && !isZero(low)
    isUpperExact = exact.1 ?? !kind.isBytes && !isZero(high)
  }
}

private func isZero(_ value: Scalar) -> Bool {
  switch value {
  case .float(let number): number == 0
  case .double(let number): number == 0
  default: false
  }
}
