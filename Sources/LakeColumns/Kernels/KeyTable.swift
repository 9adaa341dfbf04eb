// Spec: 11-keys-and-indexes. From key text to a dense number: the heart of every merge and look-up.
import CIntrinsics
import LakeBase

/// A set of byte strings with dense entry numbers 0, 1, 2, … in order of first insertion.
///
/// Open addressing over an arena: a slot is a 32-bit tag and a 32-bit entry, so a probe touches the
/// keys only when the tags agree. Owned by one worker while it grows; `freeze` makes it a shared
/// value.
public final class KeyTable {
  private var slots: Memory
  private var mask: Int
  private let offsets = GrowingBuffer()
  private let arena = GrowingBuffer()
  public private(set) var count = 0

  /// - Parameter capacity: keys expected; the table grows beyond it.
  public init(capacity: Int = 0) {
    var size = 64
    while size < capacity * 2 { size *= 2 }
    slots = Self.emptySlots(size)
    mask = size - 1
    offsets.append(littleEndian: UInt64(0))
  }

  /// Bytes held, for budgets.
  public var byteCount: Int { (mask + 1) * 8 + offsets.capacity + arena.capacity }

  /// The bytes of an entry.
  public func key(_ entry: Int) -> UnsafeRawBufferPointer {
    let starts = UnsafeRawPointer(offsets.pointer).assumingMemoryBound(to: UInt64.self)
    let start = Int(starts[entry])
    return UnsafeRawBufferPointer(
      start: UnsafeRawPointer(arena.pointer) + start, count: Int(starts[entry + 1]) - start)
  }

  private static func emptySlots(_ size: Int) -> Memory {
    let memory = Memory(byteCount: size * 8)
    memory.start.initializeMemory(as: UInt8.self, repeating: 0xFF, count: size * 8)
    return memory
  }

  /// The entry of every row's key, adding those that are new. Nulls get −1.
  public func insert(_ keys: Column) -> [Int32] {
    let plain = keys.decoded()
    precondition(
      count + plain.count < Int(Int32.max) - 1, "a key table holds fewer than 2^31 keys")
    reserve(plain.count)
    return plain.withBytes { (starts: UnsafePointer<Int32>, data: UnsafePointer<UInt8>) in
      let hashes = hashAll(starts, data, plain.count)
      offsets.reserve(plain.count * 8)
      arena.reserve(Int(starts[plain.count]) - Int(starts[0]))
      var growth = Growth(
        table: slots.start.assumingMemoryBound(to: UInt64.self), mask: UInt64(mask),
        ends: offsets.pointer.assumingMemoryBound(to: UInt64.self), arena: arena.pointer,
        count: count)
      let entries = growth.insert(hashes, starts, data, plain.validity)
      count = growth.count
      offsets.setCount((count + 1) * 8)
      arena.setCount(Int(growth.ends[count]))
      return entries
    }
  }

  /// The keys so far as a value that threads can share; this table starts anew.
  public func freeze() -> KeySet {
    defer {
      count = 0
      slots = Self.emptySlots(64)
      mask = 63
      offsets.append(littleEndian: UInt64(0))
    }
    return KeySet(
      slots: Buffer(slots, count: (mask + 1) * 8), offsets: offsets.take(), arena: arena.take(),
      count: count)
  }

  private func reserve(_ additional: Int) {
    let needed = (count + additional) * 2
    guard needed > mask + 1 else { return }
    var size = mask + 1
    while size < needed { size *= 2 }
    let old = slots
    let oldSize = mask + 1
    slots = Self.emptySlots(size)
    mask = size - 1
    let source = old.start.assumingMemoryBound(to: UInt64.self)
    for index in 0..<oldSize where source[index] != UInt64.max {
      let entry = Int(UInt32(truncatingIfNeeded: source[index]))
      let hash = hashKey(key(entry))
      store(hash, UInt32(entry))
    }
  }

  private func store(_ hash: UInt64, _ entry: UInt32) {
    let table = slots.start.assumingMemoryBound(to: UInt64.self)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while table[slot] != UInt64.max { slot = (slot + 1) & mask }
    table[slot] = (hash >> 32) << 32 | UInt64(entry)
  }
}

/// A table with room for some more keys, as bare pointers.
private struct Growth {
  let table: UnsafeMutablePointer<UInt64>
  let mask: UInt64
  /// Where each key starts in the arena, and behind them where the last one ends.
  let ends: UnsafeMutablePointer<UInt64>
  let arena: UnsafeMutableRawPointer
  var count: Int

  mutating func insert(
    _ hashes: [UInt64], _ starts: UnsafePointer<Int32>, _ data: UnsafePointer<UInt8>,
    _ validity: Bitmap?
  ) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: hashes.count) { out, initialized in
      for row in 0..<hashes.count {
        if row &+ 8 < hashes.count { lake_prefetch(table + Int(hashes[row &+ 8] & mask)) }
        if let validity, !validity[row] {
          out[row] = -1
        } else {
          out[row] = place(
            hashes[row], UnsafeRawPointer(data) + Int(starts[row]),
            Int(starts[row &+ 1]) &- Int(starts[row]))
        }
      }
      initialized = hashes.count
    }
  }

  @inline(__always)
  private mutating func place(
    _ hash: UInt64, _ start: UnsafeRawPointer, _ length: Int
  ) -> Int32 {
    let tag = hash >> 32
    var slot = Int(hash & mask)
    while table[slot] != UInt64.max {
      if table[slot] >> 32 == tag {
        let entry = Int(UInt32(truncatingIfNeeded: table[slot]))
        let from = Int(ends[entry])
        if Int(ends[entry &+ 1]) &- from == length,
          equalBytes(UnsafeRawPointer(arena) + from, start, length)
        {
          return Int32(truncatingIfNeeded: entry)
        }
      }
      slot = (slot &+ 1) & Int(mask)
    }
    table[slot] = tag << 32 | UInt64(count)
    let end = Int(ends[count])
    (arena + end).copyMemory(from: start, byteCount: length)
    ends[count &+ 1] = UInt64(end &+ length)
    count &+= 1
    return Int32(truncatingIfNeeded: count &- 1)
  }
}

extension Column {
  /// The keys whose hash is `index` modulo `count`: keys in parts, each part in both of two columns
  /// or in neither. Nulls are in part 0.
  public func rows(inPart index: Int, of count: Int) -> Bitmap {
    precondition(count > 0 && index >= 0 && index < count, "a part of that many")
    let plain = decoded()
    var builder = BitmapBuilder(capacity: plain.count)
    plain.withBytes { (starts: UnsafePointer<Int32>, data: UnsafePointer<UInt8>) in
      let hashes = hashAll(starts, data, plain.count)
      for row in 0..<plain.count {
        let part = plain.isNull(row) ? 0 : Int((hashes[row] >> 20) % UInt64(count))
        builder.append(part == index)
      }
    }
    return builder.take()
  }

  /// The rows of each of `parts` parts of the keys that are in one part of `count`, ascending: part
  /// `j` holds those of part `index + j * count` among `count * parts`. Nulls are in part 0.
  public func rows(byPart parts: Int, within count: Int) -> [[Int32]] {
    precondition(count > 0 && parts > 0, "a part of that many")
    let plain = decoded()
    var rows = [[Int32]](repeating: [], count: parts)
    plain.withBytes { (starts: UnsafePointer<Int32>, data: UnsafePointer<UInt8>) in
      let hashes = hashAll(starts, data, plain.count)
      for row in 0..<plain.count {
        let part = (hashes[row] >> 20) / UInt64(count) % UInt64(parts)
        rows[plain.isNull(row) ? 0 : Int(part)].append(Int32(truncatingIfNeeded: row))
      }
    }
    return rows
  }
}

/// A 64-bit hash of a key; all ones is never returned in the upper half, so that it cannot be
/// mistaken for an empty slot.
private func hashKey(_ key: UnsafeRawBufferPointer) -> UInt64 {
  guard let start = key.baseAddress else { return mixed(0x9E37_79B9_7F4A_7C15) }
  return hashBytes(start, key.count)
}

@inline(__always)
private func mixed(_ value: UInt64) -> UInt64 {
  var hash = value
  hash ^= hash >> 32
  hash = hash &* 0xD6E8_FEB8_6659_FD93
  hash ^= hash >> 32
  return hash >> 32 == 0xFFFF_FFFF ? hash ^ (1 << 32) : hash
}

@inline(__always)
private func hashBytes(_ start: UnsafeRawPointer, _ length: Int) -> UInt64 {
  var hash = UInt64(truncatingIfNeeded: length) &* 0x9E37_79B9_7F4A_7C15
  var at = 0
  while at &+ 8 <= length {
    let word = (start + at).loadUnaligned(as: UInt64.self)
    hash = (hash ^ word) &* 0x9DDF_EA08_EB38_2D69
    hash ^= hash >> 29
    at &+= 8
  }
  if at < length {
    var tail: UInt64 = 0
    var shift: UInt64 = 0
    while at < length {
      tail |= UInt64((start + at).load(as: UInt8.self)) << shift
      shift &+= 8
      at &+= 1
    }
    hash = (hash ^ tail) &* 0x9DDF_EA08_EB38_2D69
    hash ^= hash >> 29
  }
  return mixed(hash)
}

func hashAll(
  _ starts: UnsafePointer<Int32>, _ data: UnsafePointer<UInt8>, _ count: Int
) -> [UInt64] {
  [UInt64](unsafeUninitializedCapacity: count) { out, initialized in
    for row in 0..<count {
      let start = Int(starts[row])
      out[row] = hashBytes(UnsafeRawPointer(data) + start, Int(starts[row &+ 1]) &- start)
    }
    initialized = count
  }
}

@inline(__always)
func equalBytes(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ length: Int) -> Bool {
  var at = 0
  while at &+ 8 <= length {
    if (a + at).loadUnaligned(as: UInt64.self) != (b + at).loadUnaligned(as: UInt64.self) {
      return false
    }
    at &+= 8
  }
  while at < length {
    if (a + at).load(as: UInt8.self) != (b + at).load(as: UInt8.self) { return false }
    at &+= 1
  }
  return true
}
