// Spec: 06-base-files. Bounds as bytes of the file, shortened where they are long, and as values.
import LakeBase
import LakeColumns

/// A bound as it stands in the file.
struct EncodedBound: Sendable {
  var bytes: Buffer
  var isExact: Bool
}

extension StatisticsCollector {
  /// Longest byte-array bound in the file; longer ones are cut, the greatest upwards.
  static let boundBytesMax = 64

  /// Both bounds in PLAIN encoding without a length, or nil where there are none.
  func encode(_ bounds: ValueBounds, _ leaf: WriteLeaf) -> (
    least: EncodedBound, greatest: EncodedBound
  )? {
    guard !bounds.isEmpty else { return nil }
    switch order {
    case .none: return nil
    case .bytes where leaf.physical == .byteArray:
      let isText = leaf.type == .string
      return (
        Self.cutDown(bounds.leastBytes, isText), Self.cutUp(bounds.greatestBytes, isText)
      )
    case .bytes: return (exact(bounds.leastBytes), exact(bounds.greatestBytes))
    case .decimal where leaf.lane == .bytes:
      return (exact(bounds.leastBytes), exact(bounds.greatestBytes))
    default:
      return (exact(plain(bounds.least, leaf, false)), exact(plain(bounds.greatest, leaf, true)))
    }
  }

  /// The bounds a footer tells, or nil where it does not tell them exactly.
  func decode(_ statistics: Statistics, _ leaf: WriteLeaf) -> ValueBounds? {
    guard let least = statistics.minValue?.bytes, let greatest = statistics.maxValue?.bytes,
      order != .none, statistics.isMinValueExact ?? true, statistics.isMaxValueExact ?? true
    else { return nil }
    var bounds = ValueBounds()
    bounds.isEmpty = false
    if leaf.lane == .bytes && order != .float16 {
      // Writers that do not say so may have cut long ones.
      let isUnsure = statistics.isMinValueExact == nil && leaf.physical == .byteArray
      if isUnsure && (least.count >= 64 || greatest.count >= 64) { return nil }
      bounds.leastBytes = least
      bounds.greatestBytes = greatest
      return bounds
    }
    guard let low = key(least, leaf), let high = key(greatest, leaf) else { return nil }
    bounds.least = low
    bounds.greatest = high
    return bounds
  }

  private func key(_ bytes: [UInt8], _ leaf: WriteLeaf) -> Int64? {
    func word(_ count: Int) -> Int64? {
      guard bytes.count == count else { return nil }
      var value: UInt64 = 0
      for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
      let shift = Int64(64 - count * 8)
      return (Int64(bitPattern: value) << shift) >> shift
    }
    func float(_ count: Int, _ infinity: Int64) -> Int64? {
      guard let bits = word(count) else { return nil }
      let key = Self.key(bits, Int64(count * 8 - 1))
      return abs(key) > infinity ? nil : key
    }
    switch order {
    case .bool: return bytes.count == 1 ? Int64(bytes[0] & 1) : nil
    case .signed32: return word(4)
    case .unsigned32: return word(4).map { $0 & 0xFFFF_FFFF }
    case .signed64: return word(8)
    case .unsigned64: return word(8).map { $0 ^ .min }
    case .float16: return float(2, 0x7C00)
    case .float32: return float(4, 0x7F80_0000)
    case .float64: return float(8, 0x7FF0_0000_0000_0000)
    case .decimal:
      guard bytes.count == leaf.typeLength else { return nil }
      var value: Int64 = bytes[0] & 0x80 != 0 ? -1 : 0
      for byte in bytes { value = value << 8 | Int64(byte) }
      return value
    case .bytes, .none: return nil
    }
  }

  private func exact(_ bytes: [UInt8]) -> EncodedBound {
    EncodedBound(bytes: Buffer(bytes), isExact: true)
  }

  private func plain(_ key: Int64, _ leaf: WriteLeaf, _ isGreatest: Bool) -> [UInt8] {
    switch order {
    case .bool: return [key == 0 ? 0 : 1]
    case .signed32, .unsigned32: return little(UInt64(bitPattern: key), 4)
    case .signed64: return little(UInt64(bitPattern: key), 8)
    case .unsigned64: return little(UInt64(bitPattern: key) ^ 1 << 63, 8)
    case .float16: return little(Self.pattern(key, 1 << 15, isGreatest), 2)
    case .float32: return little(Self.pattern(key, 1 << 31, isGreatest), 4)
    case .float64: return little(Self.pattern(key, 1 << 63, isGreatest), 8)
    case .decimal: return little(UInt64(bitPattern: key), leaf.typeLength ?? 8).reversed()
    case .bytes, .none: return []
    }
  }

  private func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }

  /// The IEEE pattern of a key; a zero is -0 as the least and +0 as the greatest value.
  static func pattern(_ key: Int64, _ sign: UInt64, _ isGreatest: Bool) -> UInt64 {
    if key == 0 { return isGreatest ? 0 : sign }
    return key < 0 ? sign | UInt64(-key) : UInt64(key)
  }

  // MARK: Shortening

  private static func cutDown(_ bytes: [UInt8], _ isText: Bool) -> EncodedBound {
    guard bytes.count > boundBytesMax else {
      return EncodedBound(bytes: Buffer(bytes), isExact: true)
    }
    return EncodedBound(bytes: Buffer(cut(bytes, isText)), isExact: false)
  }

  private static func cutUp(_ bytes: [UInt8], _ isText: Bool) -> EncodedBound {
    guard bytes.count > boundBytesMax else {
      return EncodedBound(bytes: Buffer(bytes), isExact: true)
    }
    let short = cut(bytes, isText)
    if let raised = isText ? raiseText(short) ?? raise(short) : raise(short) {
      return EncodedBound(bytes: Buffer(raised), isExact: false)
    }
    return EncodedBound(bytes: Buffer(bytes), isExact: true)
  }

  /// At most `boundBytesMax` bytes, text at a character's end.
  private static func cut(_ bytes: [UInt8], _ isText: Bool) -> [UInt8] {
    var end = boundBytesMax
    if isText {
      while end > boundBytesMax - 4 && bytes[end] & 0xC0 == 0x80 { end -= 1 }
      if bytes[end] & 0xC0 == 0x80 { end = boundBytesMax }
    }
    return Array(bytes[..<end])
  }

  /// The shortest byte string that follows all that begin with `bytes`; nil where all are 0xFF.
  private static func raise(_ bytes: [UInt8]) -> [UInt8]? {
    var raised = bytes
    while let last = raised.last {
      if last < 0xFF {
        raised[raised.count - 1] = last + 1
        return raised
      }
      raised.removeLast()
    }
    return nil
  }

  /// The same in characters, so that the bound stays text; nil for invalid UTF-8.
  private static func raiseText(_ bytes: [UInt8]) -> [UInt8]? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    var scalars = Array(text.unicodeScalars)
    while let last = scalars.popLast() {
      let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
      if let raised = Unicode.Scalar(next) {
        var view = String.UnicodeScalarView(scalars)
        view.append(raised)
        return Array(String(view).utf8)
      }
    }
    return nil
  }

  // MARK: Values

  /// Both bounds as values, in full length.
  func values(_ bounds: ValueBounds, _ leaf: WriteLeaf) -> (least: Scalar, greatest: Scalar)? {
    guard !bounds.isEmpty, order != .none else { return nil }
    return (
      value(bounds.least, bounds.leastBytes, leaf, false),
      value(bounds.greatest, bounds.greatestBytes, leaf, true)
    )
  }

  private func value(
    _ key: Int64, _ bytes: [UInt8], _ leaf: WriteLeaf, _ isGreatest: Bool
  ) -> Scalar {
    switch order {
    case .none: return .null
    case .bool: return .bool(key != 0)
    case .signed32, .signed64: return .int(inUnit(key, leaf))
    case .unsigned32: return .uint(UInt64(bitPattern: key))
    case .unsigned64: return .uint(UInt64(bitPattern: key) ^ 1 << 63)
    case .float16: return .float(Self.half(Self.pattern(key, 1 << 15, isGreatest)))
    case .float32:
      return .float(Float(bitPattern: UInt32(Self.pattern(key, 1 << 31, isGreatest))))
    case .float64: return .double(Double(bitPattern: Self.pattern(key, 1 << 63, isGreatest)))
    case .bytes:
      return leaf.type == .string
        ? .string(String(decoding: bytes, as: UTF8.self)) : .binary(bytes)
    case .decimal:
      if leaf.lane == .words8 { return .decimal(Int128(key)) }
      var number: Int128 = (bytes.first ?? 0) & 0x80 != 0 ? -1 : 0
      for byte in bytes { number = number << 8 | Int128(byte) }
      return .decimal(number)
    }
  }

  /// Seconds are stored as milliseconds.
  private func inUnit(_ key: Int64, _ leaf: WriteLeaf) -> Int64 {
    switch leaf.type {
    case .time(.second), .timestamp(.second, _): key / 1000
    default: key
    }
  }

  private static func half(_ bits: UInt64) -> Float {
    let exponent = Int(bits >> 10) & 0x1F
    let fraction = Float(bits & 0x3FF)
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    if exponent == 31 { return sign * .infinity }
    if exponent == 0 { return sign * fraction * 0x1p-24 }
    return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
  }
}
