// Spec: 08-hfile. The entries of one data block, checked once and then read without checks.
import LakeBase

/// Entries in the order of their keys; keys and values share the block's bytes.
public struct HFileEntries: Sendable {
  /// Where an entry's parts lie in the payload; a block has at most 64 MiB.
  @usableFromInline struct Place: Sendable {
    @usableFromInline let key: UInt32
    @usableFromInline let keyCount: UInt32
    @usableFromInline let value: UInt32
    @usableFromInline let valueCount: UInt32
  }

  @usableFromInline let payload: Buffer
  @usableFromInline let places: ArraySlice<Place>
  /// No neighbours stand in an order other than that of their bytes.
  let isByteOrdered: Bool

  /// Number of entries.
  @inlinable public var count: Int { places.count }
  @inlinable public var isEmpty: Bool { places.isEmpty }

  /// The key of an entry; `index` counts from 0.
  @inlinable
  public func key(_ index: Int) -> Buffer {
    let place = places[places.startIndex + index]
    return payload[Int(place.key)..<Int(place.key) + Int(place.keyCount)]
  }

  /// The value of an entry; `index` counts from 0.
  @inlinable
  public func value(_ index: Int) -> Buffer {
    let place = places[places.startIndex + index]
    return payload[Int(place.value)..<Int(place.value) + Int(place.valueCount)]
  }

  /// Some of the entries, in place.
  public subscript(range: Range<Int>) -> HFileEntries {
    let start = places.startIndex
    return HFileEntries(
      payload, places[start + range.lowerBound..<start + range.upperBound], isByteOrdered)
  }

  private init(_ payload: Buffer, _ places: ArraySlice<Place>, _ isByteOrdered: Bool) {
    self.payload = payload
    self.places = places
    self.isByteOrdered = isByteOrdered
  }

  /// - Parameters:
  ///   - offset: of the block in the file, for errors.
  ///   - hasVersions: a Hadoop VInt follows each value.
  init(_ payload: Buffer, at offset: Int, hasVersions: Bool) throws(LakeError) {
    // An entry takes at least 8 bytes of lengths, 12 of key, and perhaps one of version.
    var places: [Place] = []
    places.reserveCapacity(min(payload.count / 64 + 1, 1 << 16))
    let stop = payload.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Int in
      guard let start = raw.baseAddress else { return 0 }
      return walk(start, raw.count, hasVersions, &places)
    }
    if stop != payload.count {
      throw LakeError(
        .hfileMalformed, "entry \(places.count) of a data block is damaged", offset: offset)
    }
    self.payload = payload
    var isByteOrdered = true
    var previous: Buffer?
    for place in places {
      let key = payload[Int(place.key)..<Int(place.key) + Int(place.keyCount)]
      if let previous, HFileKeys.precedes(key, previous) {
        isByteOrdered = false
        if HFileKeys.compareUTF16(previous, key) > 0 {
          throw LakeError(.hfileMalformed, "the keys of a block are not in order", offset: offset)
        }
      }
      previous = key
    }
    self.places = places[...]
    self.isByteOrdered = isByteOrdered
  }

  /// The first entry that has this key.
  public func index(of key: Buffer) -> Int? {
    if !isByteOrdered { return (0..<count).first { self.key($0) == key } }
    let at = lowerBound(key)
    return at < count && self.key(at) == key ? at : nil
  }

  /// The first entry whose key is not below `key`; for blocks in byte order.
  func lowerBound(_ key: Buffer) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if HFileKeys.precedes(self.key(middle), key) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Appends the places of the entries; returns where the bytes stop making sense, or `count`.
private func walk(
  _ base: UnsafeRawPointer, _ count: Int, _ hasVersions: Bool,
  _ places: inout [HFileEntries.Place]
) -> Int {
  var at = 0
  while at < count {
    if count &- at < 20 { return at }
    let keyCount = Int(UInt32(bigEndian: (base + at).loadUnaligned(as: UInt32.self)))
    let valueCount = Int(UInt32(bigEndian: (base + (at &+ 4)).loadUnaligned(as: UInt32.self)))
    let rowCount = Int(UInt16(bigEndian: (base + (at &+ 8)).loadUnaligned(as: UInt16.self)))
    let rest = count &- at &- 8
    if keyCount > rest || valueCount > rest &- keyCount { return at }
    if keyCount < rowCount &+ 12 { return at }
    let key = at &+ 8
    // The last byte of the key is its type; only a Put holds a value.
    if base.load(fromByteOffset: key &+ keyCount &- 1, as: UInt8.self) != 4 { return at }
    let value = key &+ keyCount
    var next = value &+ valueCount
    if hasVersions {
      if next >= count { return at }
      let first = base.load(fromByteOffset: next, as: Int8.self)
      next &+= first >= -112 ? 1 : first < -120 ? -119 &- Int(first) : -111 &- Int(first)
      if next > count { return at }
    }
    places.append(
      HFileEntries.Place(
        key: UInt32(truncatingIfNeeded: key &+ 2), keyCount: UInt32(truncatingIfNeeded: rowCount),
        value: UInt32(truncatingIfNeeded: value),
        valueCount: UInt32(truncatingIfNeeded: valueCount)))
    at = next
  }
  return at
}
