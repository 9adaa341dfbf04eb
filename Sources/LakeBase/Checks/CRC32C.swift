// Spec: 01-terms. The Castagnoli checksum of HFile blocks and log files.
import CIntrinsics

/// CRC-32C (Castagnoli), initial value and final inversion as in RFC 3720. [CHECK-2]
///
/// Uses the processor's instruction where there is one, else eight tables.
public struct CRC32C: Sendable {
  private var state: UInt32 = 0xFFFF_FFFF

  public init() {}

  /// The checksum of everything given to `update` so far.
  public var value: UInt32 { ~state }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
    if lake_has_crc32c() != 0 {
      state = lake_crc32c_hardware(
        state, start.assumingMemoryBound(to: UInt8.self), bytes.count)
    } else {
      state = Self.software(state, bytes)
    }
  }

  public mutating func update(_ bytes: Buffer) {
    bytes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Void in update(raw) }
  }

  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc = CRC32C()
    crc.update(bytes)
    return crc.value
  }

  public static func checksum(_ bytes: Buffer) -> UInt32 {
    var crc = CRC32C()
    crc.update(bytes)
    return crc.value
  }

  public static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc = CRC32C()
    crc.update(bytes)
    return crc.value
  }

  /// Row `r` holds, for each byte, its effect `r` bytes before the end of an eight-byte group.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var rest = UInt32(byte)
      for _ in 0..<8 { rest = (rest >> 1) ^ (rest & 1 == 1 ? 0x82F6_3B78 : 0) }
      tables[byte] = rest
    }
    for row in 1..<8 {
      for byte in 0..<256 {
        let before = tables[(row - 1) * 256 + byte]
        tables[row * 256 + byte] = (before >> 8) ^ tables[Int(before & 0xFF)]
      }
    }
    return tables
  }()

  /// The same function without the instruction; internal so that a test can compare both.
  static func software(_ initial: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    guard let start = bytes.baseAddress else { return initial }
    return tables.withUnsafeBufferPointer { table in
      guard let first = table.baseAddress else { return initial }
      return sliceByEight(initial, start, bytes.count, first)
    }
  }
}

private func sliceByEight(
  _ initial: UInt32, _ start: UnsafeRawPointer, _ count: Int, _ table: UnsafePointer<UInt32>
) -> UInt32 {
  var crc = initial
  var at = 0
  while at &+ 8 <= count {
    let word = UInt64(littleEndian: (start + at).loadUnaligned(as: UInt64.self)) ^ UInt64(crc)
    var next: UInt32 = 0
    next ^= table[7 &* 256 &+ Int(word & 0xFF)]
    next ^= table[6 &* 256 &+ Int((word &>> 8) & 0xFF)]
    next ^= table[5 &* 256 &+ Int((word &>> 16) & 0xFF)]
    next ^= table[4 &* 256 &+ Int((word &>> 24) & 0xFF)]
    next ^= table[3 &* 256 &+ Int((word &>> 32) & 0xFF)]
    next ^= table[2 &* 256 &+ Int((word &>> 40) & 0xFF)]
    next ^= table[1 &* 256 &+ Int((word &>> 48) & 0xFF)]
    next ^= table[Int(word &>> 56)]
    crc = next
    at &+= 8
  }
  while at < count {
    let byte = start.load(fromByteOffset: at, as: UInt8.self)
    crc = (crc &>> 8) ^ table[Int((crc ^ UInt32(byte)) & 0xFF)]
    at &+= 1
  }
  return crc
}
