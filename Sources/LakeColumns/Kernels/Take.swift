// Spec: 01-terms. Rows by number.
import LakeBase

extension Column {
  /// The rows at `indices`, in that order. A negative index gives a null.
  public func take(_ indices: UnsafeBufferPointer<Int32>) -> Column {
    let count = indices.count
    let validity = takenValidity(indices)
    let nulls = validity.map { $0.count - $0.setCount } ?? 0
    func column(_ layout: Layout) -> Column {
      Column(type, count: count, validity: validity, nullCount: nulls, layout: layout)
    }
    switch layout {
    case .nothing: return Column.nulls(.null, count: count)
    case .fixed(let values): return column(.fixed(takeFixed(values, type.fixedWidth ?? 0, indices)))
    case .bits(let bits): return column(.bits(takeBits(bits, indices)))
    case .bytes(let offsets, let data):
      let (newOffsets, newData) = takeBytes(offsets, data, indices)
      return column(.bytes(offsets: newOffsets, data: newData))
    case .structure(let children): return column(.structure(children.map { $0.take(indices) }))
    case .dictionary(let codes, let values):
      return column(.dictionary(codes: takeFixed(codes, 4, indices), values: values))
    case .list(let offsets, let child): return column(takeList(offsets, child, indices))
    }
  }

  public func take(_ indices: [Int32]) -> Column {
    indices.withUnsafeBufferPointer { take($0) }
  }

  private func takenValidity(_ indices: UnsafeBufferPointer<Int32>) -> Bitmap? {
    let hasNegative = indices.contains { $0 < 0 }
    guard validity != nil || hasNegative else { return nil }
    var builder = BitmapBuilder(capacity: indices.count)
    for index in indices { builder.append(index >= 0 && !isNull(Int(index))) }
    return builder.takeValidity()
  }

  private func takeList(
    _ offsets: Buffer, _ child: Column, _ indices: UnsafeBufferPointer<Int32>
  ) -> Layout {
    let old = offsets.pointer.assumingMemoryBound(to: Int32.self)
    let memory = Memory(byteCount: (indices.count + 1) * 4)
    let new = memory.start.assumingMemoryBound(to: Int32.self)
    var rows: [Int32] = []
    new[0] = 0
    for (position, index) in indices.enumerated() {
      if index >= 0 && !isNull(Int(index)) {
        var row = old[Int(index)]
        while row < old[Int(index) + 1] {
          rows.append(row)
          row += 1
        }
      }
      new[position + 1] = Int32(rows.count)
    }
    withExtendedLifetime(offsets) {}
    return .list(offsets: Buffer(memory, count: (indices.count + 1) * 4), child: child.take(rows))
  }
}

extension RecordBatch {
  /// The rows at `indices`, in that order.
  public func take(_ indices: [Int32]) -> RecordBatch {
    RecordBatch(schema, columns.map { $0.take(indices) }, count: indices.count)
  }
}

private func takeFixed(_ values: Buffer, _ width: Int, _ indices: UnsafeBufferPointer<Int32>)
  -> Buffer
{
  let memory = Memory(byteCount: indices.count * width)
  let source = values.pointer
  let target = memory.start
  switch width {
  case 1: gather(source, target, indices, UInt8.self)
  case 2: gather(source, target, indices, UInt16.self)
  case 4: gather(source, target, indices, UInt32.self)
  case 8: gather(source, target, indices, UInt64.self)
  case 16: gather(source, target, indices, SIMD2<UInt64>.self)
  default:
    for (position, index) in indices.enumerated() {
      let slot = target + position * width
      if index >= 0 {
        slot.copyMemory(from: source + Int(index) * width, byteCount: width)
      } else {
        slot.initializeMemory(as: UInt8.self, repeating: 0, count: width)
      }
    }
  }
  withExtendedLifetime(values) {}
  return Buffer(memory, count: indices.count * width)
}

private func gather<T: BitwiseCopyable>(
  _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
  _ indices: UnsafeBufferPointer<Int32>, _: T.Type
) {
  let width = MemoryLayout<T>.size
  let start = indices.baseAddress
  guard let start else { return }
  for position in 0..<indices.count {
    let index = Swift.max(0, Int(start[position]))
    if start[position] < 0 {
      (target + position &* width).initializeMemory(as: UInt8.self, repeating: 0, count: width)
    } else {
      let value = (source + index &* width).loadUnaligned(as: T.self)
      (target + position &* width).storeBytes(of: value, as: T.self)
    }
  }
}

private func takeBits(_ bits: Bitmap, _ indices: UnsafeBufferPointer<Int32>) -> Bitmap {
  var builder = BitmapBuilder(capacity: indices.count)
  for index in indices { builder.append(index >= 0 && bits[Int(index)]) }
  return builder.take()
}

private func takeBytes(
  _ offsets: Buffer, _ data: Buffer, _ indices: UnsafeBufferPointer<Int32>
) -> (Buffer, Buffer) {
  let old = offsets.pointer.assumingMemoryBound(to: Int32.self)
  let memory = Memory(byteCount: (indices.count + 1) * 4)
  let new = memory.start.assumingMemoryBound(to: Int32.self)
  var total = 0
  new[0] = 0
  for position in 0..<indices.count {
    let index = Int(indices[position])
    if index >= 0 { total += Int(old[index + 1] - old[index]) }
    precondition(total <= Int(Int32.max), "a batch's bytes stay below 2 GiB")
    new[position + 1] = Int32(truncatingIfNeeded: total)
  }
  let bytes = Memory(byteCount: total)
  for position in 0..<indices.count {
    let index = Int(indices[position])
    guard index >= 0 else { continue }
    (bytes.start + Int(new[position])).copyMemory(
      from: data.pointer + Int(old[index]), byteCount: Int(old[index + 1] - old[index]))
  }
  withExtendedLifetime((offsets, data)) {}
  return (Buffer(memory, count: (indices.count + 1) * 4), Buffer(bytes, count: total))
}
