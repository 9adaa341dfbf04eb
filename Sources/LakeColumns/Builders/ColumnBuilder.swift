// Spec: 02-columns. Where a column comes from: one builder per column, one child builder per child.
import LakeBase

/// Collects the values of one column, then becomes an immutable `Column`. Owned by one worker.
///
/// Which calls fit follows from the type: `append(_:)` with a value of exactly the column's width
/// for fixed-width types, `append(bool:)`, `append(bytes:)` for strings and binaries. A list or map
/// row is appended to the children and closed by `endList()`, a struct row by `endStructure()`. A
/// null row needs nothing but `appendNull()`. Using a call that does not fit is a programmer's
/// error.
public final class ColumnBuilder {
  public let type: ColumnType
  /// Struct: one per field. List: the element. Map: one struct builder of key and value.
  public let children: [ColumnBuilder]
  @usableFromInline let width: Int
  @usableFromInline let shape: Shape
  @usableFromInline var rows = 0
  @usableFromInline var nulls = 0
  @usableFromInline var values: ByteStore
  @usableFromInline var offsets: ByteStore
  @usableFromInline var bits: BitmapBuilder
  /// Empty until the first null.
  @usableFromInline var validity: BitmapBuilder

  @usableFromInline enum Shape { case nothing, fixed, bits, bytes, list, structure }

  /// - Parameter capacity: rows to make room for.
  public init(_ type: ColumnType, capacity: Int = 0) {
    self.type = type
    width = type.fixedWidth ?? 0
    var kids: [ColumnBuilder] = []
    switch type {
    case .null: shape = .nothing
    case .bool: shape = .bits
    case .string, .binary: shape = .bytes
    case .list(let element):
      shape = .list
      kids = [ColumnBuilder(element.type)]
    case .map(let key, let value):
      shape = .list
      kids = [ColumnBuilder(ColumnType.mapEntries(key: key, value: value).type)]
    case .structure(let fields):
      shape = .structure
      kids = fields.map { ColumnBuilder($0.type, capacity: capacity) }
    default: shape = .fixed
    }
    children = kids
    values = ByteStore(capacity: capacity * width)
    let hasOffsets = shape == .bytes || shape == .list
    offsets = ByteStore(capacity: hasOffsets ? (capacity + 1) * 4 : 0)
    bits = BitmapBuilder(capacity: shape == .bits ? capacity : 0)
    validity = BitmapBuilder()
    if hasOffsets { offsets.append(0 as Int32) }
  }

  /// Rows so far.
  @inlinable public var count: Int { rows }
  /// Rows without a value so far.
  @inlinable public var nullCount: Int { nulls }

  // MARK: One value

  @inlinable
  public func appendNull() {
    if nulls == 0 && shape != .nothing { startValidity() }
    nulls &+= 1
    rows &+= 1
    switch shape {
    case .nothing: return
    case .fixed: values.append(repeating: 0, count: width)
    case .bits: bits.append(false)
    case .bytes, .list: repeatOffset(1)
    case .structure: for child in children { child.appendNull() }
    }
    validity.append(false)
  }

  /// A value of a fixed-width column; `T` has exactly the column's width.
  @inlinable
  public func append<T: BitwiseCopyable>(_ value: T) {
    precondition(width == MemoryLayout<T>.size && shape == .fixed, "a value of the column's width")
    values.append(value)
    endRow()
  }

  @inlinable
  public func append(bool value: Bool) {
    precondition(shape == .bits, "a boolean column")
    bits.append(value)
    endRow()
  }

  /// The bytes of a string, binary or fixed-width binary value. Strings must be valid UTF-8;
  /// whoever reads them from outside checks that. Throws `limitExceeded` beyond 2 GiB in one
  /// column.
  @inlinable
  public func append(bytes raw: UnsafeRawBufferPointer) throws(LakeError) {
    if shape == .fixed {
      precondition(raw.count == width, "a value of the column's width")
      values.append(raw)
    } else {
      precondition(shape == .bytes, "a string or binary column")
      guard raw.count <= Int(Int32.max) &- values.count else { throw tooLarge() }
      values.append(raw)
      offsets.append(Int32(truncatingIfNeeded: values.count))
    }
    endRow()
  }

  public func append(bytes: [UInt8]) throws(LakeError) {
    try append(bytes: Buffer(bytes))
  }

  public func append(bytes buffer: Buffer) throws(LakeError) {
    try buffer.withUnsafeBytes { (raw: UnsafeRawBufferPointer) throws(LakeError) in
      try append(bytes: raw)
    }
  }

  /// The UTF-8 bytes of `text`.
  public func append(text: String) throws(LakeError) { try append(bytes: Array(text.utf8)) }

  /// Closes a list or map row made of everything appended to the child since the last row.
  public func endList() throws(LakeError) {
    precondition(shape == .list, "a list or map column")
    if case .map = type { children[0].closeEntries() }
    guard let end = Int32(exactly: children[0].rows) else { throw tooLarge() }
    offsets.append(end)
    endRow()
  }

  /// Closes a struct row; each child has exactly one more row than the struct.
  public func endStructure() {
    precondition(shape == .structure, "a struct column")
    precondition(children.allSatisfy { $0.rows == rows + 1 }, "one value for each field")
    endRow()
  }

  // MARK: Many values

  /// `many` rows without a value.
  public func appendNulls(_ many: Int) {
    guard many > 0 else { return }
    if nulls == 0 && shape != .nothing { startValidity() }
    nulls += many
    rows += many
    switch shape {
    case .nothing: return
    case .fixed: values.append(repeating: 0, count: width * many)
    case .bits: bits.append(repeating: false, count: many)
    case .bytes, .list: repeatOffset(many)
    case .structure: for child in children { child.appendNulls(many) }
    }
    validity.append(repeating: false, count: many)
  }

  /// `many` fixed-width values, none null, written by `body` in one go.
  @inlinable
  public func append<E: Error>(
    fixed many: Int, _ body: (UnsafeMutableRawPointer) throws(E) -> Void
  ) throws(E) {
    precondition(shape == .fixed && many >= 0, "a fixed-width column")
    values.reserve(many * width)
    try body(values.base + values.count)
    values.count += many * width
    rows += many
    if nulls > 0 { validity.append(repeating: true, count: many) }
  }

  // MARK: Ends

  /// Bytes held, without those of spare capacity.
  public var byteCount: Int {
    var total = values.count + offsets.count + (bits.count + validity.count) / 8
    for child in children { total += child.byteCount }
    return total
  }

  /// Bytes of the largest single buffer: what to cut batches by.
  public var largestBuffer: Int {
    children.reduce(Swift.max(values.count, offsets.count)) { Swift.max($0, $1.largestBuffer) }
  }

  /// The column so far; the builder starts anew.
  public func finish() -> Column {
    let mask = nulls == 0 || shape == .nothing ? nil : validity.take()
    defer {
      rows = 0
      nulls = 0
    }
    return Column(type, count: rows, validity: mask, nullCount: nulls, layout: takeLayout())
  }

  private func takeLayout() -> Column.Layout {
    switch shape {
    case .nothing: return .nothing
    case .fixed: return .fixed(values.take())
    case .bits: return .bits(bits.take())
    case .bytes: return .bytes(offsets: takeOffsets(), data: values.take())
    case .list: return .list(offsets: takeOffsets(), child: children[0].finish())
    case .structure: return .structure(children.map { $0.finish() })
    }
  }

  private func takeOffsets() -> Buffer {
    defer { offsets.append(0 as Int32) }
    return offsets.take()
  }
}

extension ColumnBuilder {
  @inlinable
  func endRow() {
    rows &+= 1
    if nulls > 0 { validity.append(true) }
  }

  @usableFromInline
  func startValidity() { validity.append(repeating: true, count: rows) }

  @usableFromInline
  func repeatOffset(_ many: Int) {
    let last = (offsets.base + offsets.count - 4).load(as: Int32.self)
    for _ in 0..<many { offsets.append(last) }
  }

  @usableFromInline
  func tooLarge() -> LakeError {
    LakeError(.limitExceeded, "a column of one batch exceeds 2 GiB or 2^31 items")
  }

  /// The struct builder of a map: its rows follow from its keys and values.
  func closeEntries() {
    let keys = children[0].rows
    precondition(children[1].rows == keys, "one value for each key")
    let more = keys - rows
    rows = keys
    if nulls > 0 { validity.append(repeating: true, count: more) }
  }
}
