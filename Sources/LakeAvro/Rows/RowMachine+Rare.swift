// Spec: 05a-avro. The row loop's less frequent operations, kept out of its hot path.
import LakeBase
import LakeColumns

extension RowMachine {
  @inline(never)
  func rare(
    _ op: UnsafePointer<RowOp>, _ start: BytePointer, _ at: inout Int
  ) throws(LakeError) -> BytePointer {
    var p = start
    let slot = op.pointee.slot
    switch op.pointee.code {
    case .intToFloat: put(slot, Float(try int(&p)))
    case .intToDouble: put(slot, Double(try int(&p)))
    case .longToFloat: put(slot, Float(try zigzag(&p)))
    case .longToDouble: put(slot, Double(try zigzag(&p)))
    case .floatToDouble:
      put(slot, Double(Float(bitPattern: UInt32(littleEndian: try load(&p, as: UInt32.self)))))
    case .fixed:
      try need(op.pointee.a, p)
      (slots + slot).pointee.values.append(p, op.pointee.a)
      p += op.pointee.a
    case .decimalFixed:
      try need(op.pointee.a, p)
      put(slot, try decimal(p, op.pointee.a))
      p += op.pointee.a
    case .decimalBytes:
      let size = try length(&p)
      put(slot, try decimal(p, size))
      p += size
    case .enumeration: try symbol(op, &p)
    case .member:
      let children = (slots + slot).pointee.children
      for (index, child) in children.enumerated() {
        if index == op.pointee.a {
          (slots + child).pointee.valid.append(1 as UInt8)
        } else {
          slots.appendNull(child)
        }
      }
    case .constant:
      let bytes = program.constants[op.pointee.a]
      let inner = RowMachine(program, base: bytes.pointer, count: bytes.count)
      _ = try inner.run(inner.base, at, op.pointee.b)
      withExtendedLifetime(bytes) {}
      at = op.pointee.b
    case .fail:
      throw LakeError(.avroResolution, program.messages[op.pointee.a], offset: p - base)
    case .skipNode: try skip(op.pointee.a, &p)
    default: throw LakeError(.defect, "no such operation in a row program")
    }
    return p
  }

  private func symbol(_ op: UnsafePointer<RowOp>, _ p: inout BytePointer) throws(LakeError) {
    let wide = try zigzag(&p)
    guard wide >= 0, wide < Int64(op.pointee.b) else {
      throw failure("\(wide) is none of \(op.pointee.b) symbols", p)
    }
    let text = pool[op.pointee.a &+ Int(wide)]
    guard text >= 0 else {
      throw LakeError(
        .avroResolution, "symbol \(wide) is unknown to the reader and has no default",
        offset: p - base)
    }
    let bytes = program.texts[text]
    try putBytes(op.pointee.slot, bytes.pointer, bytes.count)
    withExtendedLifetime(bytes) {}
  }

  /// Big-endian two's complement of any length whose value fits 128 bits.
  private func decimal(_ p: BytePointer, _ size: Int) throws(LakeError) -> Int128 {
    guard size > 0 else { return 0 }
    var value = Int128(Int8(bitPattern: p[0]))
    for index in 1..<Swift.max(1, size) {
      let (wider, overflow) = value.multipliedReportingOverflow(by: 256)
      guard !overflow else {
        throw LakeError(
          .typeUnsupported, "a decimal of \(size) bytes exceeds 38 digits", offset: p - base)
      }
      value = wider | Int128(p[index])
    }
    return value
  }

  private func skip(_ node: Int, _ p: inout BytePointer) throws(LakeError) {
    // The buffer is borrowed for the walk: the machine's caller keeps it alive.
    let count = end - base
    let memory = Memory(
      adopting: UnsafeMutableRawPointer(mutating: base), byteCount: count, release: { _, _ in })
    var visit = ValueVisit(
      resolution: program.resolution,
      bytes: ByteReader(Buffer(memory, count: count), code: .avroMalformed, at: p - base),
      limits: program.limits)
    try visit.skip(node, depth: 0)
    p = base + visit.bytes.position
  }

  /// The blocks of an array or map; the item's operations begin at `body`.
  @inline(never)
  func items(
    _ op: UnsafePointer<RowOp>, _ start: BytePointer, _ body: Int
  ) throws(LakeError) -> BytePointer {
    var p = start
    let slot = slots + op.pointee.slot
    let offsets = slot.pointee.offsets
    var total = Int((offsets.base + offsets.count - 4).load(as: Int32.self))
    let least = op.pointee.least
    while true {
      var count = try zigzag(&p)
      if count == 0 { break }
      if count < 0 {
        guard count != Int64.min else { throw failure("\(count) items declared", p) }
        count = -count
        _ = try length(&p)
      }
      let most = least > 0 ? (end - p) / least : program.limits.zeroSizeItemsMax
      guard count <= Int64(most) else {
        guard least > 0 else {
          throw LakeError(
            .limitExceeded, "\(count) items of no bytes declared", offset: p - base)
        }
        throw failure("\(count) items declared, \(end - p) bytes left", p)
      }
      if least == 0 { try program.countFree(Int(count), at: p - base) }
      guard count <= Int64(Int32.max) - Int64(total) else { throw full(p) }
      total += Int(count)
      for _ in 0..<Int(count) { p = try run(p, body, op.pointee.b) }
    }
    slot.pointee.offsets.append(Int32(truncatingIfNeeded: total))
    return p
  }
}
