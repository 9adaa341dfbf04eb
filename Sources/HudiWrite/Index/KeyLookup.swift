// Spec: 11-keys-and-indexes. Where a key lives: the simple and the bloom index.
import HudiFileGroup
import HudiModel
import HudiScan
import LakeBase
import LakeColumns

/// Keys of one partition that are looked for, once each.
struct WantedKeys: Sendable {
  let table: KeySet
  /// Lowest and highest key in Java's order.
  let range: (lowest: Buffer, highest: Buffer)
  let keys: Column
}

/// Matches wanted keys against the files of a partition.
struct KeyLookup: Sendable {
  let snapshot: Snapshot
  /// Whether files are skipped by their key filter; their key range is always used.
  let usesFilters: Bool

  /// Rows of one file whose key is wanted: the row's place in the file and the key's entry.
  struct Hits: Sendable {
    let slice: FileSlice
    let reader: BaseFileReader
    let rows: [Int32]
    let entries: [Int32]
  }

  /// Looks the keys up in one slice; nil when the slice has no base file. Reads only the key
  /// column, and nothing but the footer where range or filter exclude every key. [INDEX-1]
  func find(_ wanted: WantedKeys, in slice: FileSlice) throws(LakeError) -> Hits? {
    guard let reader = try snapshot.open(slice) else { return nil }
    guard try mayHold(reader, wanted) else {
      return Hits(slice: slice, reader: reader, rows: [], entries: [])
    }
    var batches = try reader.batches(Schema([MetaField.recordKey.field]))
    var first: Int32 = 0
    var rows: [Int32] = []
    var found: [Int32] = []
    while let batch = try batches.next() {
      try snapshot.context.world.cancellation.check()
      let entries = wanted.table.find(batch.columns[0])
      for (row, entry) in entries.enumerated() where entry >= 0 {
        rows.append(first + Int32(row))
        found.append(entry)
      }
      first += Int32(batch.count)
    }
    return Hits(slice: slice, reader: reader, rows: rows, entries: found)
  }

  /// False only when no wanted key can be in the file. [INDEX-2]
  private func mayHold(_ reader: BaseFileReader, _ wanted: WantedKeys) throws(LakeError) -> Bool {
    let footer = try HudiFooter(reader.file, readsFilter: usesFilters)
    if let lowest = footer.lowestKey, let highest = footer.highestKey {
      if KeyOrder.precedes(wanted.range.highest, lowest) { return false }
      if KeyOrder.precedes(highest, wanted.range.lowest) { return false }
    }
    guard usesFilters, let filter = footer.filter else { return true }
    return filter.mayContain(wanted.keys).contains(true)
  }
}
