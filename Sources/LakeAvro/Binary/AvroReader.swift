// Spec: 05a-avro. Bytes into value trees, along a resolution.
import LakeBase

/// Reads binary data as `AvroValue`s. Immutable: one reader serves any number of threads.
public struct AvroReader: Sendable {
  public let resolution: SchemaResolution
  private let limits: Limits

  /// Reads what was written with `schema`.
  public init(_ schema: AvroSchema, limits: Limits = .standard) throws(LakeError) {
    self.init(try SchemaResolution(schema, limits: limits), limits: limits)
  }

  /// Reads what was written with `writer` as values of `reader`.
  public init(
    writer: AvroSchema, reader: AvroSchema, limits: Limits = .standard
  ) throws(LakeError) {
    let resolution = try SchemaResolution(writer: writer, reader: reader, limits: limits)
    self.init(resolution, limits: limits)
  }

  public init(_ resolution: SchemaResolution, limits: Limits = .standard) {
    self.resolution = resolution
    self.limits = limits
  }

  /// The next datum. Throws `avroMalformed` with the offset, `limitExceeded` for values that nest
  /// too deep or pretend to be many while taking no bytes.
  public func read(_ bytes: inout ByteReader) throws(LakeError) -> AvroValue {
    var visit = ValueVisit(resolution: resolution, bytes: bytes, limits: limits)
    let value = try visit.value(0, depth: 0)
    bytes = visit.bytes
    return value
  }

  /// One datum that fills `buffer` exactly.
  public func read(_ buffer: Buffer) throws(LakeError) -> AvroValue {
    var bytes = ByteReader(buffer, code: .avroMalformed)
    let value = try read(&bytes)
    guard bytes.isAtEnd else { throw bytes.failure("\(bytes.remaining) bytes left after a datum") }
    return value
  }
}

/// One walk over the bytes; also the walk that skips.
struct ValueVisit {
  let resolution: SchemaResolution
  var bytes: ByteReader
  let limits: Limits
  /// Values seen that took no byte: the ones a small file could have without end.
  private var freeValues = 0

  init(resolution: SchemaResolution, bytes: ByteReader, limits: Limits) {
    self.resolution = resolution
    self.bytes = bytes
    self.limits = limits
  }

  mutating func value(_ index: Int, depth: Int) throws(LakeError) -> AvroValue {
    switch resolution.steps[index] {
    case .null:
      try countFree(1)
      return .null
    case .boolean: return .boolean(try boolean())
    case .int: return .int(try int())
    case .long: return .long(try bytes.zigzag())
    case .float: return .float(Float(bitPattern: try bytes.littleEndian(UInt32.self)))
    case .double: return .double(Double(bitPattern: try bytes.littleEndian(UInt64.self)))
    case .bytes, .stringToBytes: return .bytes(try block().bytes)
    case .string, .bytesToString: return .string(try text())
    case .fixed(let size):
      if size == 0 { try countFree(1) }
      return .fixed(try bytes.take(size).bytes)
    case .intToLong: return .long(Int64(try int()))
    case .intToFloat: return .float(Float(try int()))
    case .intToDouble: return .double(Double(try int()))
    case .longToFloat: return .float(Float(try bytes.zigzag()))
    case .longToDouble: return .double(Double(try bytes.zigzag()))
    case .floatToDouble:
      return .double(Double(Float(bitPattern: try bytes.littleEndian(UInt32.self))))
    case .enumeration(let symbols): return .enumeration(try symbol(symbols))
    case .fail(let message): throw LakeError(.avroResolution, message, offset: bytes.position)
    default: return try nested(index, depth: depth + 1)
    }
  }

  private mutating func nested(_ index: Int, depth: Int) throws(LakeError) -> AvroValue {
    guard depth <= limits.schemaDepthMax else {
      throw LakeError(
        .limitExceeded, "Avro values nest deeper than \(limits.schemaDepthMax)",
        offset: bytes.position)
    }
    switch resolution.steps[index] {
    case .branches(let branches):
      return try value(branches[try branch(of: branches.count)], depth: depth)
    case .wrap(let branch, let step): return .union(branch, try value(step, depth: depth))
    case .array(let item, let least):
      var items: [AvroValue] = []
      while true {
        let count = try blockCount(leastBytes: least)
        if count == 0 { return .array(items) }
        for _ in 0..<count { items.append(try value(item, depth: depth)) }
      }
    case .map(let step, let least):
      var entries: [(key: String, value: AvroValue)] = []
      while true {
        let count = try blockCount(leastBytes: least)
        if count == 0 { return .map(entries) }
        for _ in 0..<count { entries.append((try text(), try value(step, depth: depth))) }
      }
    case .record(let plan):
      if plan.leastBytes == 0 { try countFree(1) }
      var fields = [AvroValue](repeating: .null, count: plan.fieldCount)
      for read in plan.reads {
        if read.step < 0 {
          try skip(read.node, depth: depth)
        } else {
          fields[read.field] = try value(read.step, depth: depth)
        }
      }
      for missing in plan.defaults { fields[missing.field] = missing.value }
      return .record(fields)
    default: return .null
    }
  }

  /// Passes over a value of the writer's node.
  mutating func skip(_ index: Int, depth: Int) throws(LakeError) {
    let node = resolution.source.nodes[index]
    // What may take no bytes never takes any: null, fixed(0) and records of nothing else.
    if node.leastBytes == 0 { return }
    switch node.kind {
    case .null: return
    case .boolean: _ = try boolean()
    case .int: _ = try int()
    case .long: _ = try bytes.zigzag()
    case .float: try bytes.skip(4)
    case .double: try bytes.skip(8)
    case .bytes, .string: _ = try block()
    case .fixed(let size): try bytes.skip(size)
    case .enumeration(let count): _ = try symbol([Int](repeating: 0, count: count))
    case .array, .map, .union, .record: try skipNested(node.kind, depth: depth + 1)
    }
  }

  private mutating func skipNested(_ kind: SchemaGraph.Kind, depth: Int) throws(LakeError) {
    guard depth <= limits.schemaDepthMax else {
      throw LakeError(
        .limitExceeded, "Avro values nest deeper than \(limits.schemaDepthMax)",
        offset: bytes.position)
    }
    switch kind {
    case .union(let branches): try skip(branches[try branch(of: branches.count)], depth: depth)
    case .record(let parts): for part in parts { try skip(part, depth: depth) }
    case .array(let item):
      try skipBlocks(leastBytes: resolution.source.nodes[item].leastBytes) {
        (visit: inout ValueVisit) throws(LakeError) in
        try visit.skip(item, depth: depth)
      }
    case .map(let value):
      try skipBlocks(leastBytes: resolution.source.nodes[value].leastBytes + 1) {
        (visit: inout ValueVisit) throws(LakeError) in
        _ = try visit.block()
        try visit.skip(value, depth: depth)
      }
    default: return
    }
  }

  private mutating func skipBlocks(
    leastBytes: Int, _ item: (inout ValueVisit) throws(LakeError) -> Void
  ) throws(LakeError) {
    while true {
      let count = try blockCount(leastBytes: leastBytes)
      if count == 0 { return }
      if leastBytes == 0 { continue }
      for _ in 0..<count { try item(&self) }
    }
  }
}

extension ValueVisit {
  mutating func boolean() throws(LakeError) -> Bool {
    let byte = try bytes.byte()
    guard byte <= 1 else { throw bytes.failure("\(byte) is no boolean") }
    return byte == 1
  }

  mutating func int() throws(LakeError) -> Int32 {
    let wide = try bytes.zigzag()
    guard let value = Int32(exactly: wide) else { throw bytes.failure("\(wide) is no int") }
    return value
  }

  /// Length and bytes.
  mutating func block() throws(LakeError) -> Buffer {
    let size = try bytes.zigzag()
    guard size >= 0, size <= Int64(bytes.remaining) else {
      throw bytes.failure("\(size) bytes declared, \(bytes.remaining) left")
    }
    return try bytes.take(Int(size))
  }

  mutating func text() throws(LakeError) -> String {
    guard let text = try block().text else { throw bytes.failure("a string is not UTF-8") }
    return text
  }

  mutating func symbol(_ symbols: [Int]) throws(LakeError) -> Int {
    let wide = try bytes.zigzag()
    guard wide >= 0, wide < Int64(symbols.count) else {
      throw bytes.failure("\(wide) is none of \(symbols.count) symbols")
    }
    let symbol = symbols[Int(wide)]
    guard symbol >= 0 else {
      throw LakeError(
        .avroResolution, "symbol \(wide) is unknown to the reader and has no default",
        offset: bytes.position)
    }
    return symbol
  }

  mutating func branch(of count: Int) throws(LakeError) -> Int {
    let wide = try bytes.zigzag()
    guard wide >= 0, wide < Int64(count) else {
      throw bytes.failure("\(wide) is none of \(count) branches of a union")
    }
    return Int(wide)
  }

  /// The number of items that follow; zero at the end. A negative count comes with the block's
  /// size.
  mutating func blockCount(leastBytes: Int) throws(LakeError) -> Int {
    let count = try bytes.avroBlockCount()
    guard leastBytes > 0 else {
      guard count <= Int64(limits.zeroSizeItemsMax) else {
        throw LakeError(
          .limitExceeded, "\(count) items of no bytes declared", offset: bytes.position)
      }
      return Int(count)
    }
    guard count <= Int64(bytes.remaining / leastBytes) else {
      throw bytes.failure("\(count) items declared, \(bytes.remaining) bytes left")
    }
    return Int(count)
  }

  mutating func countFree(_ count: Int) throws(LakeError) {
    freeValues += count
    guard freeValues <= limits.zeroSizeItemsMax else {
      throw LakeError(
        .limitExceeded, "more than \(limits.zeroSizeItemsMax) values of no bytes",
        offset: bytes.position)
    }
  }
}

extension ByteReader {
  /// The declared number of items in the next block of an array or map; zero at the end. A negative
  /// count comes with the block's size, which is compared with the bytes left; whether the items
  /// themselves fit is for the caller.
  public mutating func avroBlockCount() throws(LakeError) -> Int64 {
    let count = try zigzag()
    if count >= 0 { return count }
    guard count != Int64.min else { throw failure("\(count) items declared") }
    let size = try zigzag()
    guard size >= 0, size <= Int64(remaining) else {
      throw failure("a block of \(size) bytes declared, \(remaining) left")
    }
    return -count
  }
}
