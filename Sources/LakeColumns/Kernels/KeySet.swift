// Spec: 11-keys-and-indexes. A key table that no longer grows: looked up by several threads at
// once.
import CIntrinsics
import LakeBase

/// An immutable set of byte strings with dense entry numbers; made by `KeyTable.freeze`.
public struct KeySet: Sendable {
  private let slots: Buffer
  private let offsets: Buffer
  private let arena: Buffer
  public let count: Int

  init(slots: Buffer, offsets: Buffer, arena: Buffer, count: Int) {
    self.slots = slots
    self.offsets = offsets
    self.arena = arena
    self.count = count
  }

  /// The entry of every row's key, or −1 for keys that are not in the set and for nulls.
  public func find(_ keys: Column) -> [Int32] {
    let plain = keys.decoded()
    var entries = [Int32](repeating: -1, count: plain.count)
    if count == 0 { return entries }
    plain.withBytes { (starts: UnsafePointer<Int32>, data: UnsafePointer<UInt8>) in
      let hashes = hashAll(starts, data, plain.count)
      entries.withUnsafeMutableBufferPointer { out in
        guard let target = out.baseAddress else { return }
        probe(
          hashes, starts, data, plain.count, slots.pointer.assumingMemoryBound(to: UInt64.self),
          UInt64(slots.count / 8 - 1), offsets.pointer.assumingMemoryBound(to: UInt64.self),
          arena.pointer, target)
      }
    }
    if plain.validity != nil {
      for row in 0..<plain.count where plain.isNull(row) { entries[row] = -1 }
    }
    withExtendedLifetime((slots, offsets, arena)) {}
    return entries
  }
}

/// Looks every key up; the slots some rows ahead are prefetched, since most probes miss the cache.
private func probe(
  _ hashes: [UInt64], _ starts: UnsafePointer<Int32>, _ data: UnsafePointer<UInt8>, _ count: Int,
  _ table: UnsafePointer<UInt64>, _ mask: UInt64, _ known: UnsafePointer<UInt64>,
  _ arena: UnsafeRawPointer, _ out: UnsafeMutablePointer<Int32>
) {
  hashes.withUnsafeBufferPointer { hashes in
    for row in 0..<count {
      if row &+ 8 < count { lake_prefetch(table + Int(hashes[row &+ 8] & mask)) }
      let hash = hashes[row]
      let tag = hash >> 32
      var slot = hash & mask
      var result: Int32 = -1
      while table[Int(slot)] != UInt64.max {
        if table[Int(slot)] >> 32 == tag {
          let entry = Int(UInt32(truncatingIfNeeded: table[Int(slot)]))
          let from = Int(known[entry])
          let length = Int(starts[row &+ 1]) &- Int(starts[row])
          if Int(known[entry &+ 1]) &- from == length,
            equalBytes(arena + from, UnsafeRawPointer(data) + Int(starts[row]), length)
          {
            result = Int32(truncatingIfNeeded: entry)
            break
          }
        }
        slot = (slot &+ 1) & mask
      }
      out[row] = result
    }
  }
}
