// Spec: 01-terms. An immutable column in Arrow's layout.
import LakeBase

/// Values of one type with their validity. Buffers are shared between slices.
public struct Column: Sendable {
  /// How the values lie in memory.
  public indirect enum Layout: Sendable {
    /// `type == .null`: nothing is stored.
    case nothing
    /// `count * fixedWidth` bytes, row 0 first.
    case fixed(Buffer)
    /// Booleans.
    case bits(Bitmap)
    /// `count + 1` Int32 offsets into `data`; the first need not be 0.
    case bytes(offsets: Buffer, data: Buffer)
    /// `count + 1` Int32 offsets into `child`; maps have a struct of key and value as child.
    case list(offsets: Buffer, child: Column)
    case structure([Column])
    /// `count` Int32 codes into `values`; the code of a null row is 0 or any valid one.
    case dictionary(codes: Buffer, values: Column)
  }

  public let type: ColumnType
  public let count: Int
  public let nullCount: Int
  /// Set bits are values; nil means that every row has one.
  public let validity: Bitmap?
  public let layout: Layout

  /// - Parameter nullCount: counted from `validity` where not given.
  public init(
    _ type: ColumnType, count: Int, validity: Bitmap? = nil, nullCount: Int? = nil, layout: Layout
  ) {
    self.type = type
    self.count = count
    let nulls =
      type == .null ? count : nullCount ?? validity.map { $0.count - $0.setCount } ?? 0
    self.nullCount = nulls
    self.validity = nulls == 0 || type == .null ? nil : validity
    self.layout = layout
  }

  @inlinable
  public func isNull(_ row: Int) -> Bool {
    if let validity { return !validity[row] }
    return nullCount != 0
  }

  /// `count` rows without a value.
  public static func nulls(_ type: ColumnType, count: Int) -> Column {
    let validity = Bitmap(repeating: false, count: count)
    let layout: Layout
    switch type {
    case .null: layout = .nothing
    case .bool: layout = .bits(Bitmap(repeating: false, count: count))
    case .string, .binary:
      layout = .bytes(offsets: zeros((count + 1) * 4), data: Buffer())
    case .list(let element):
      layout = .list(offsets: zeros((count + 1) * 4), child: nulls(element.type, count: 0))
    case .map(let key, let value):
      layout = .list(
        offsets: zeros((count + 1) * 4),
        child: nulls(ColumnType.mapEntries(key: key, value: value).type, count: 0))
    case .structure(let fields):
      layout = .structure(fields.map { nulls($0.type, count: count) })
    default: layout = .fixed(zeros(count * (type.fixedWidth ?? 0)))
    }
    return Column(type, count: count, validity: validity, nullCount: count, layout: layout)
  }

  static func zeros(_ byteCount: Int) -> Buffer {
    let memory = Memory(byteCount: byteCount)
    memory.start.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    return Buffer(memory, count: byteCount)
  }
}
