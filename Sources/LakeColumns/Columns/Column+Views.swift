// Spec: 01-terms. Pointers for kernels, already advanced to row 0.
import LakeBase

extension Column {
  /// Runs `body` on the fixed-width values as `T`; `T` must have the column's width.
  @inlinable
  public func withValues<T: BitwiseCopyable, R, E: Error>(
    as _: T.Type, _ body: (UnsafePointer<T>) throws(E) -> R
  ) throws(E) -> R {
    guard case .fixed(let buffer) = layout else { preconditionFailure("a fixed-width column") }
    precondition(type.fixedWidth == MemoryLayout<T>.size, "a column of that width")
    defer { withExtendedLifetime(buffer) {} }
    return try body(buffer.pointer.assumingMemoryBound(to: T.self))
  }

  /// Runs `body` on the Int32 offsets (`count + 1` of them) and the first byte they count from.
  @inlinable
  public func withBytes<R, E: Error>(
    _ body: (UnsafePointer<Int32>, UnsafePointer<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    guard case .bytes(let offsets, let data) = layout else {
      preconditionFailure("a string or binary column")
    }
    defer {
      withExtendedLifetime(offsets) {}
      withExtendedLifetime(data) {}
    }
    return try body(
      offsets.pointer.assumingMemoryBound(to: Int32.self),
      data.pointer.assumingMemoryBound(to: UInt8.self))
  }

  /// One value of a fixed-width column; for tests and small things.
  public func value<T: BitwiseCopyable>(_ row: Int, as _: T.Type) -> T {
    precondition(row >= 0 && row < count)
    return withValues(as: T.self) { (values: UnsafePointer<T>) -> T in values[row] }
  }

  /// One value of a string or binary column (plain or dictionary), shared with the column.
  public func bytes(_ row: Int) -> Buffer {
    precondition(row >= 0 && row < count)
    switch layout {
    case .bytes(let offsets, let data):
      let pointer = offsets.pointer.assumingMemoryBound(to: Int32.self)
      return data[Int(pointer[row])..<Int(pointer[row + 1])]
    case .dictionary(let codes, let values):
      return values.bytes(Int(codes.pointer.assumingMemoryBound(to: Int32.self)[row]))
    case .fixed(let buffer):
      let width = type.fixedWidth ?? 0
      return buffer[row * width..<(row + 1) * width]
    default: preconditionFailure("a column of bytes")
    }
  }

  /// One value of a string column; for people and tests.
  public func string(_ row: Int) -> String { bytes(row).lossyText }

  /// The same values with the dictionary, at the top level, replaced by plain values.
  public func decoded() -> Column {
    guard case .dictionary(let codes, let values) = layout else { return self }
    let indices = UnsafeBufferPointer(
      start: codes.pointer.assumingMemoryBound(to: Int32.self), count: count)
    defer { withExtendedLifetime(codes) {} }
    let taken = values.take(indices)
    guard let validity else { return taken }
    return Column(
      type, count: count, validity: validity, nullCount: nullCount, layout: taken.layout)
  }
}
