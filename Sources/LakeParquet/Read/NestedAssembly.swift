// Spec: 06-base-files. Lists, maps and structs out of the leaves' values and levels.
import LakeBase
import LakeColumns

/// Assembles one column of a batch from its leaves.
struct NestedAssembly {
  let leaves: [Int: LeafBatch]
  let name: String

  private func failure(_ message: String) -> LakeError {
    LakeError(.parquetMalformed, "column \(name): \(message)")
  }

  private func batch(_ leaf: Int) throws(LakeError) -> LeafBatch {
    guard let batch = leaves[leaf] else { throw failure("a leaf was not read") }
    return batch
  }

  /// The column of `shape` in slots of the enclosing list: those levels with a definition of at
  /// least `list` that begin no deeper than repetition `repetition`. [PQR-4]
  func column(_ shape: Shape, list: Int, repetition: Int) throws(LakeError) -> Column {
    switch shape.kind {
    case .leaf(let leaf):
      let column = try batch(leaf).column
      if shape.field.nullable || column.validity == nil { return column }
      // Nulls here are those of something above, which says so itself.
      return Column(column.type, count: column.count, validity: nil, layout: column.layout)
    case .structure(let children):
      let columns = try structure(children, list: list, repetition: repetition)
      let slots = try self.slots(shape, list: list, repetition: repetition)
      guard slots.count == columns[0].count else { throw failure("levels of its leaves disagree") }
      return Column(
        shape.field.type, count: slots.count, validity: slots.validity,
        layout: .structure(columns))
    case .list(let element, let definition, let level):
      let child = try column(element, list: definition, repetition: level)
      return try wrap(shape, child, definition, level, list: list)
    case .map(let key, let value, let definition, let level):
      let pair = try structure([key, value], list: definition, repetition: level)
      let entries = Column(
        ColumnType.mapEntries(key: key.field, value: value.field).type, count: pair[0].count,
        layout: .structure(pair))
      return try wrap(shape, entries, definition, level, list: list)
    }
  }

  private func structure(
    _ children: [Shape], list: Int, repetition: Int
  ) throws(LakeError) -> [Column] {
    var columns: [Column] = []
    for child in children {
      let column = try column(child, list: list, repetition: repetition)
      guard column.count == columns.first?.count ?? column.count else {
        throw failure("levels of its leaves disagree")
      }
      columns.append(column)
    }
    return columns
  }

  /// Slots of a struct and which of them are present, from the levels of its first leaf.
  private func slots(
    _ shape: Shape, list: Int, repetition: Int
  ) throws(LakeError) -> (count: Int, validity: Bitmap?) {
    let batch = try batch(shape.leaves.lowerBound)
    var bits = BitmapBuilder(capacity: batch.levelCount)
    batch.withLevels { (definitions, repetitions, count) in
      for k in 0..<count {
        if Int(definitions[k]) < list { continue }
        if let repetitions, Int(repetitions[k]) > repetition { continue }
        bits.append(Int(definitions[k]) >= shape.definition)
      }
    }
    return (bits.count, shape.field.nullable ? bits.takeValidity() : nil)
  }

  /// A list around `child`, whose elements are present at `definition` and repeat at `level`.
  private func wrap(
    _ shape: Shape, _ child: Column, _ definition: Int, _ level: Int, list: Int
  ) throws(LakeError) -> Column {
    let batch = try batch(shape.leaves.lowerBound)
    let offsets = GrowingBuffer(capacity: (batch.levelCount + 1) * 4)
    var bits = BitmapBuilder(capacity: batch.levelCount)
    let out = offsets.pointer.assumingMemoryBound(to: Int32.self)
    var slots = 0
    var elements: Int32 = 0
    let isSound = batch.withLevels { (definitions, repetitions, count) -> Bool in
      guard let repetitions else { return false }
      for k in 0..<count {
        let present = Int(definitions[k]) >= definition
        if Int(repetitions[k]) < level {
          if Int(definitions[k]) < list { continue }
          out[slots] = elements
          slots = slots &+ 1
          bits.append(Int(definitions[k]) >= shape.definition)
          if present { elements = elements &+ 1 }
        } else if Int(repetitions[k]) == level {
          // A list goes on with an element, and only where one has begun.
          if !present || slots == 0 { return false }
          elements = elements &+ 1
        }
      }
      return true
    }
    guard isSound, Int(elements) == child.count else { throw failure("levels make no sense") }
    out[slots] = elements
    offsets.setCount((slots + 1) * 4)
    let validity = shape.field.nullable ? bits.takeValidity() : nil
    return Column(
      shape.field.type, count: slots, validity: validity,
      layout: .list(offsets: offsets.take(), child: child))
  }
}

extension LeafBatch {
  /// Runs `body` on the levels; repetition levels are nil outside lists.
  fileprivate func withLevels<R>(
    _ body: (UnsafePointer<UInt8>, UnsafePointer<UInt8>?, Int) -> R
  ) -> R {
    defer { withExtendedLifetime((definitions, repetitions)) {} }
    return body(
      definitions.pointer.assumingMemoryBound(to: UInt8.self),
      repetitions.isEmpty ? nil : repetitions.pointer.assumingMemoryBound(to: UInt8.self),
      levelCount)
  }
}
