// Spec: 06-base-files. What one leaf has yielded for the batch under way.
import LakeBase
import LakeColumns

/// A leaf's values and levels for one batch.
struct LeafBatch: Sendable {
  let column: Column
  /// One byte per level slot; empty for columns outside lists, maps and structs.
  let definitions: Buffer
  let repetitions: Buffer
  var levelCount: Int { definitions.count }
}

/// Grows a leaf's column. Buffers are given away with each batch.
final class ColumnOutput {
  let type: ColumnType
  let conversion: Conversion
  let nullable: Bool
  /// Values of fixed width, bits, or codes while `isCoded`.
  let values = GrowingBuffer()
  /// Int32 offsets of strings and binaries, `slots + 1` of them.
  let offsets = GrowingBuffer()
  let data = GrowingBuffer()
  let validity = GrowingBuffer()
  let definitions = GrowingBuffer()
  let repetitions = GrowingBuffer()
  private(set) var slots = 0
  private(set) var nulls = 0
  /// The values are dictionary codes, to be handed on as such.
  var isCoded = false

  init(_ leaf: Leaf) {
    type = leaf.type
    conversion = Conversion(leaf)
    nullable = leaf.maxDefinition > 0
  }

  /// Makes room for `more` slots.
  func reserve(_ more: Int) {
    let total = slots + more
    func room(_ buffer: GrowingBuffer, _ byteCount: Int) {
      if buffer.capacity < byteCount + slackBytes {
        buffer.reserve(byteCount + slackBytes - buffer.count)
      }
    }
    if nullable { room(validity, (total + 7) / 8) }
    switch conversion {
    case .bits: room(values, (total + 7) / 8)
    case .nothing: break
    case .bytes:
      if isCoded {
        room(values, total * 4)
      } else {
        room(offsets, (total + 1) * 4)
        if slots == 0 {
          offsets.pointer.storeBytes(of: 0, as: Int32.self)
          offsets.setCount(4)
        }
      }
    default: room(values, total * (conversion.outputWidth ?? 0))
    }
  }

  /// Declares that `more` slots, `valid` of them with values, have been written.
  func advance(_ more: Int, valid: Int) {
    slots += more
    nulls += more - valid
    if nullable { validity.setCount((slots + 7) / 8) }
    switch conversion {
    case .bits: values.setCount((slots + 7) / 8)
    case .nothing: break
    case .bytes:
      if isCoded { values.setCount(slots * 4) } else { offsets.setCount((slots + 1) * 4) }
    default: values.setCount(slots * (conversion.outputWidth ?? 0))
    }
  }

  /// Forgets everything behind the first `kept` slots and `levels` levels.
  func truncate(_ kept: Int, nulls keptNulls: Int, levels: Int) {
    slots = kept
    nulls = keptNulls
    definitions.setCount(min(levels, definitions.count))
    repetitions.setCount(min(levels, repetitions.count))
    if conversion == .bytes && !isCoded && !data.isEmpty && offsets.count >= (kept + 1) * 4 {
      let end = offsets.pointer.load(fromByteOffset: kept * 4, as: Int32.self)
      data.setCount(Int(end))
    }
    advance(0, valid: 0)
  }

  /// Bytes held for the batch.
  var byteCount: Int {
    values.count + offsets.count + data.count + definitions.count + repetitions.count
  }

  /// The batch's values; starts anew.
  func finish(dictionary: Column?) -> LeafBatch {
    reserve(0)
    let bits: Bitmap? =
      nullable && nulls > 0 ? Bitmap(validity.take(), count: slots) : nil
    validity.removeAll()
    let layout: Column.Layout
    switch conversion {
    case .nothing: layout = .nothing
    case .bits: layout = .bits(Bitmap(values.take(), count: slots))
    case .bytes:
      if isCoded, let dictionary {
        layout = .dictionary(codes: values.take(), values: dictionary)
      } else {
        layout = .bytes(offsets: offsets.take(), data: data.take())
      }
    default: layout = .fixed(values.take())
    }
    let column = Column(type, count: slots, validity: bits, nullCount: nulls, layout: layout)
    let batch = LeafBatch(
      column: column, definitions: definitions.take(), repetitions: repetitions.take())
    slots = 0
    nulls = 0
    isCoded = false
    return batch
  }
}

extension GrowingBuffer {
  var isEmpty: Bool { count == 0 }
}
