// Spec: 05a-avro. The row loop: operations over bytes, values into slots.
import LakeBase
import LakeColumns

typealias BytePointer = UnsafePointer<UInt8>

/// Everything the loop touches, as bare pointers; valid while its program is.
struct RowMachine {
  let ops: UnsafePointer<RowOp>
  let slots: UnsafeMutablePointer<RowSlot>
  let pool: UnsafePointer<Int>
  /// The first byte of the buffer and the one behind what may be read.
  let base: BytePointer
  var end: BytePointer
  unowned(unsafe) let program: RowProgram

  init(_ program: RowProgram, base: UnsafeRawPointer, count: Int) {
    self.program = program
    ops = UnsafePointer(program.ops)
    slots = program.slots
    pool = UnsafePointer(program.pool)
    self.base = base.assumingMemoryBound(to: UInt8.self)
    end = self.base + count
  }

  @inline(never)
  func failure(_ message: String, _ at: BytePointer) -> LakeError {
    LakeError(.avroMalformed, message, offset: at - base)
  }

  @inline(never)
  func early(_ wanted: Int64, _ at: BytePointer) -> LakeError {
    failure("\(wanted) bytes declared, \(end - at) left", at)
  }

  @inline(never)
  func full(_ at: BytePointer) -> LakeError {
    LakeError(
      .limitExceeded, "a column of one batch exceeds 2 GiB or 2^31 items", offset: at - base)
  }
}

extension RowMachine {
  /// A zig-zag varint; `p` moves behind it.
  @inline(__always)
  func zigzag(_ p: inout BytePointer) throws(LakeError) -> Int64 {
    if p < end {
      let byte = p.pointee
      if byte < 0x80 {
        p += 1
        return Int64(byte &>> 1) ^ -Int64(byte & 1)
      }
    }
    return try longZigzag(&p)
  }

  @inline(never)
  func longZigzag(_ p: inout BytePointer) throws(LakeError) -> Int64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var at = p
    while at < end {
      let byte = at.pointee
      at += 1
      if shift == 63 && byte > 1 { throw failure("a varint exceeds 64 bits", p) }
      value |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 {
        p = at
        return Int64(bitPattern: value &>> 1) ^ -Int64(bitPattern: value & 1)
      }
      shift &+= 7
      if shift > 63 { throw failure("a varint is longer than ten bytes", p) }
    }
    throw failure("ends within a varint", p)
  }

  @inline(__always)
  func int(_ p: inout BytePointer) throws(LakeError) -> Int32 {
    let wide = try zigzag(&p)
    guard let value = Int32(exactly: wide) else { throw failure("\(wide) is no int", p) }
    return value
  }

  /// A length that the bytes behind it do have.
  @inline(__always)
  func length(_ p: inout BytePointer) throws(LakeError) -> Int {
    let size = try zigzag(&p)
    guard size >= 0, size <= Int64(end - p) else { throw early(size, p) }
    return Int(truncatingIfNeeded: size)
  }

  @inline(__always)
  func need(_ size: Int, _ p: BytePointer) throws(LakeError) {
    guard size <= end - p else { throw early(Int64(size), p) }
  }

  @inline(__always)
  func load<T: BitwiseCopyable>(_ p: inout BytePointer, as _: T.Type) throws(LakeError) -> T {
    try need(MemoryLayout<T>.size, p)
    let value = UnsafeRawPointer(p).loadUnaligned(as: T.self)
    p += MemoryLayout<T>.size
    return value
  }

  @inline(__always)
  func put<T: BitwiseCopyable>(_ slot: Int, _ value: T) {
    (slots + slot).pointee.values.append(value)
  }

  @inline(__always)
  func putBytes(_ slot: Int, _ source: UnsafeRawPointer, _ count: Int) throws(LakeError) {
    let slot = slots + slot
    guard count <= Int(Int32.max) &- slot.pointee.values.count else {
      throw full(source.assumingMemoryBound(to: UInt8.self))
    }
    slot.pointee.values.append(source, count)
    slot.pointee.offsets.append(Int32(truncatingIfNeeded: slot.pointee.values.count))
  }

  /// Runs operations `from` up to `to` on the bytes at `start`; returns where they end.
  func run(_ start: BytePointer, _ from: Int, _ to: Int) throws(LakeError) -> BytePointer {
    var p = start
    var at = from
    while at < to {
      let op = ops + at
      let slot = op.pointee.slot
      at &+= 1
      switch op.pointee.code {
      case .optional:
        let branch = try zigzag(&p)
        guard branch == 0 || branch == 1 else { throw noBranch(branch, 2, p) }
        if branch == Int64(op.pointee.a) {
          slots.appendNull(slot)
          at = op.pointee.b
        } else {
          (slots + slot).pointee.valid.append(1 as UInt8)
        }
      case .bytes:
        let size = try length(&p)
        try putBytes(slot, p, size)
        p += size
      case .int32: put(slot, try int(&p))
      case .int64: put(slot, try zigzag(&p))
      case .double: put(slot, try load(&p, as: UInt64.self))
      case .float: put(slot, try load(&p, as: UInt32.self))
      case .boolean:
        let byte = try load(&p, as: UInt8.self)
        guard byte <= 1 else { throw failure("\(byte) is no boolean", p) }
        put(slot, byte)
      case .valid: (slots + slot).pointee.valid.append(1 as UInt8)
      case .null: slots.appendNull(slot)
      case .intAs64: put(slot, Int64(try int(&p)))
      case .skipVarint: _ = try zigzag(&p)
      case .skipBytes: p += try length(&p)
      case .skipFixed:
        try need(op.pointee.a, p)
        p += op.pointee.a
      case .skipOptional:
        let branch = try zigzag(&p)
        guard branch == 0 || branch == 1 else { throw noBranch(branch, 2, p) }
        if branch == Int64(op.pointee.a) { at = op.pointee.b }
      case .skipBoolean:
        let byte = try load(&p, as: UInt8.self)
        guard byte <= 1 else { throw failure("\(byte) is no boolean", p) }
      case .jump: at = op.pointee.b
      case .dispatch:
        let branch = try zigzag(&p)
        guard branch >= 0, branch < Int64(op.pointee.b) else {
          throw noBranch(branch, op.pointee.b, p)
        }
        at = pool[op.pointee.a &+ Int(branch)]
      case .array, .map:
        p = try items(op, p, at)
        at = op.pointee.b
      default: p = try rare(op, p, &at)
      }
    }
    return p
  }

  @inline(never)
  func noBranch(_ branch: Int64, _ count: Int, _ p: BytePointer) -> LakeError {
    failure("\(branch) is none of \(count) branches of a union", p)
  }
}
