// Spec: 06-base-files. From nested columns to leaves with repetition and definition levels.
import LakeBase
import LakeColumns

/// What one leaf of one batch consists of.
struct ShreddedLeaf: Sendable {
  /// The leaf's own column; only `rows` of it count.
  let column: Column
  /// Slots, nulls included.
  let slotCount: Int
  /// One byte a slot; nil where every slot has the maximum.
  let definition: Buffer?
  /// One byte a slot; nil where nothing repeats.
  let repetition: Buffer?
  /// Rows of `column` with a value, in slot order, as Int32; nil for all rows of it.
  let rows: Buffer?
  let valueCount: Int
  /// First slot of every row and the slot count behind the last, as Int32; nil where a row is a
  /// slot.
  let rowStarts: Buffer?
}

/// Slots on the way down: a slot either stands for a row of the current column or ended above it.
struct ShreddingSlots {
  let count: Int
  /// A row of the current column, or -1.
  var rows: GrowingBuffer
  var definition: GrowingBuffer
  var repetition: GrowingBuffer?

  init(rowCount: Int) {
    count = rowCount
    rows = GrowingBuffer(capacity: rowCount * 4)
    definition = GrowingBuffer(capacity: rowCount)
    let numbers = rows.pointer.assumingMemoryBound(to: Int32.self)
    for row in 0..<rowCount { numbers[row] = Int32(truncatingIfNeeded: row) }
    definition.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: rowCount)
    rows.setCount(rowCount * 4)
    definition.setCount(rowCount)
  }

  init(count: Int, _ rows: GrowingBuffer, _ definition: GrowingBuffer, _ repetition: GrowingBuffer)
  {
    self.count = count
    self.rows = rows
    self.definition = definition
    self.repetition = repetition
  }

  fileprivate init(copying other: ShreddingSlots) {
    count = other.count
    rows = GrowingBuffer()
    rows.append(other.rows.view)
    definition = GrowingBuffer()
    definition.append(other.definition.view)
    repetition = other.repetition
  }
}

/// Walks a column down to its leaves. A null where the schema allows none is `inputValueInvalid`.
struct NestedShredding {
  private var leaves: [ShreddedLeaf] = []

  /// The leaves of one column of a batch, depth first.
  static func leaves(_ column: Column, _ node: WriteNode) throws(LakeError) -> [ShreddedLeaf] {
    var shredding = NestedShredding()
    try shredding.descend(column, node, ShreddingSlots(rowCount: column.count), 0, 0)
    return shredding.leaves
  }

  private mutating func descend(
    _ column: Column, _ node: WriteNode, _ slots: ShreddingSlots, _ definition: Int,
    _ repetition: Int
  ) throws(LakeError) {
    switch node {
    case .leaf(_, let optional, let name):
      let level = try present(column, slots, definition, optional, name)
      leaves.append(finish(column, slots, level))
    case .structure(let children, let optional, let name):
      let level = try present(column, slots, definition, optional, name)
      guard case .structure(let columns) = column.layout, columns.count == children.count else {
        throw mismatch(name, column)
      }
      for (child, childNode) in zip(columns, children) {
        try descend(child, childNode, ShreddingSlots(copying: slots), level, repetition)
      }
    case .list(let element, let optional, let name):
      let level = try present(column, slots, definition, optional, name)
      guard case .list(_, let child) = column.layout else { throw mismatch(name, column) }
      let inner = try expand(column, slots, level, repetition + 1)
      try descend(child, element, inner, level + 1, repetition + 1)
    case .map(let key, let value, let optional, let name):
      let level = try present(column, slots, definition, optional, name)
      guard case .list(_, let child) = column.layout, case .structure(let pair) = child.layout,
        pair.count == 2
      else { throw mismatch(name, column) }
      let inner = try expand(column, slots, level, repetition + 1)
      try descend(pair[0], key, ShreddingSlots(copying: inner), level + 1, repetition + 1)
      try descend(pair[1], value, inner, level + 1, repetition + 1)
    }
  }

  private func mismatch(_ name: String, _ column: Column) -> LakeError {
    LakeError(.schemaMismatch, "column \"\(name)\" arrives as \(column.type) in another layout")
  }

  /// Ends the slots whose row is null and raises the others by one where the node is optional.
  private func present(
    _ column: Column, _ slots: ShreddingSlots, _ definition: Int, _ optional: Bool, _ name: String
  ) throws(LakeError) -> Int {
    let level = definition + (optional ? 1 : 0)
    if column.nullCount == 0 && !optional { return level }
    let rows = slots.rows.pointer.assumingMemoryBound(to: Int32.self)
    let levels = slots.definition.pointer.assumingMemoryBound(to: UInt8.self)
    let isAllNull = column.validity == nil && column.nullCount > 0
    var ended = 0
    for slot in 0..<slots.count where rows[slot] >= 0 {
      let isValue =
        !isAllNull && (column.validity.map { $0[Int(rows[slot])] } ?? true)
      if isValue {
        levels[slot] = UInt8(truncatingIfNeeded: level)
      } else {
        rows[slot] = -1
        ended += 1
      }
    }
    if ended > 0 && !optional { throw Self.unexpectedNull(name) }
    return level
  }

  static func unexpectedNull(_ name: String) -> LakeError {
    if name.split(separator: ".").last == "array" {
      return LakeError(
        .inputValueInvalid,
        "column \"\(name)\" has a null list element, which two-level lists cannot hold",
        hint: "write with three-level lists")
    }
    return LakeError(
      .inputValueInvalid, "column \"\(name)\" has a null but is declared without nulls")
  }

  /// One slot for each element, and one for each list that is null, empty or ended before.
  private func expand(
    _ column: Column, _ slots: ShreddingSlots, _ level: Int, _ depth: Int
  ) throws(LakeError) -> ShreddingSlots {
    guard case .list(let buffer, _) = column.layout else { return slots }
    defer { withExtendedLifetime(buffer) {} }
    let offsets = buffer.pointer.assumingMemoryBound(to: Int32.self)
    let outer = slots.rows.pointer.assumingMemoryBound(to: Int32.self)
    var total = 0
    for slot in 0..<slots.count {
      let row = Int(outer[slot])
      total += row < 0 ? 1 : Swift.max(1, Int(offsets[row &+ 1]) - Int(offsets[row]))
    }
    guard total <= Int(Int32.max) else {
      throw LakeError(.limitExceeded, "a batch has \(total) list elements")
    }
    let rows = GrowingBuffer(capacity: total * 4)
    let definition = GrowingBuffer(capacity: total)
    let repetition = GrowingBuffer(capacity: total)
    expandSlots(
      slots.count, outer, slots.definition.pointer.assumingMemoryBound(to: UInt8.self),
      slots.repetition?.pointer.assumingMemoryBound(to: UInt8.self), offsets,
      UInt8(truncatingIfNeeded: level), UInt8(truncatingIfNeeded: depth),
      rows.pointer.assumingMemoryBound(to: Int32.self),
      definition.pointer.assumingMemoryBound(to: UInt8.self),
      repetition.pointer.assumingMemoryBound(to: UInt8.self))
    rows.setCount(total * 4)
    definition.setCount(total)
    repetition.setCount(total)
    return ShreddingSlots(count: total, rows, definition, repetition)
  }

  private func finish(_ column: Column, _ slots: ShreddingSlots, _ level: Int) -> ShreddedLeaf {
    let numbers = slots.rows.pointer.assumingMemoryBound(to: Int32.self)
    let kept = GrowingBuffer(capacity: slots.count * 4)
    let target = kept.pointer.assumingMemoryBound(to: Int32.self)
    var values = 0
    for slot in 0..<slots.count {
      target[values] = numbers[slot]
      values &+= numbers[slot] >= 0 ? 1 : 0
    }
    kept.setCount(values * 4)
    var starts: Buffer?
    if let repetition = slots.repetition {
      let levels = repetition.pointer.assumingMemoryBound(to: UInt8.self)
      let rowStarts = GrowingBuffer()
      for slot in 0..<slots.count where levels[slot] == 0 {
        rowStarts.append(littleEndian: UInt32(truncatingIfNeeded: slot))
      }
      rowStarts.append(littleEndian: UInt32(truncatingIfNeeded: slots.count))
      starts = rowStarts.take()
    }
    return ShreddedLeaf(
      column: column, slotCount: slots.count,
      definition: values == slots.count ? nil : slots.definition.copy(),
      repetition: slots.repetition?.copy(), rows: kept.take(), valueCount: values,
      rowStarts: starts)
  }
}

private func expandSlots(
  _ count: Int, _ rows: UnsafePointer<Int32>, _ definition: UnsafePointer<UInt8>,
  _ repetition: UnsafePointer<UInt8>?, _ offsets: UnsafePointer<Int32>, _ level: UInt8,
  _ depth: UInt8, _ newRows: UnsafeMutablePointer<Int32>,
  _ newDefinition: UnsafeMutablePointer<UInt8>, _ newRepetition: UnsafeMutablePointer<UInt8>
) {
  var target = 0
  for slot in 0..<count {
    let row = Int(rows[slot])
    let before = repetition.map { $0[slot] } ?? 0
    if row < 0 || offsets[row &+ 1] == offsets[row] {
      newRows[target] = -1
      newDefinition[target] = row < 0 ? definition[slot] : level
      newRepetition[target] = before
      target &+= 1
      continue
    }
    var child = offsets[row]
    newRepetition[target] = before
    while child < offsets[row &+ 1] {
      newRows[target] = child
      newDefinition[target] = level &+ 1
      if child > offsets[row] { newRepetition[target] = depth }
      target &+= 1
      child &+= 1
    }
  }
}
