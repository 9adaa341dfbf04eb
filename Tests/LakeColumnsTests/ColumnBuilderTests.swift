// Builders: every way to append, their limits, and what they refuse.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Column builders")
struct ColumnBuilderTests {
  @Test("typed values, nulls and bulk writes", .spec("COL-7"))
  func fixed() {
    let builder = ColumnBuilder(.int32, capacity: 4)
    builder.append(7 as Int32)
    builder.append(fixed: 3) { raw in
      for index in 0..<3 {
        raw.storeBytes(of: Int32(index), toByteOffset: index * 4, as: Int32.self)
      }
    }
    builder.appendNulls(2)
    builder.append(-1 as Int32)
    builder.append(fixed: 1) { $0.storeBytes(of: 9, as: Int32.self) }
    #expect(builder.count == 8 && builder.nullCount == 2)
    let column = builder.finish()
    #expect(
      scalars(column)
        == [.int(7), .int(0), .int(1), .int(2), .null, .null, .int(-1), .int(9)])
    #expect(builder.count == 0 && builder.nullCount == 0)
    builder.append(5 as Int32)
    let second = builder.finish()
    #expect(scalars(second) == [.int(5)] && second.validity == nil)
  }

  @Test("text, bytes and fixed bytes", .spec("COL-7"))
  func bytes() throws {
    let builder = ColumnBuilder(.string)
    try builder.append(text: "é")
    try builder.append(bytes: [])
    builder.appendNull()
    try builder.append(bytes: Buffer(utf8: "abc"))
    #expect(builder.byteCount == 2 + 3 + 5 * 4)
    let column = builder.finish()
    #expect(scalars(column) == [.string("é"), .string(""), .null, .string("abc")])
    #expect(column.bytes(3).bytes == [0x61, 0x62, 0x63])
    let fixed = ColumnBuilder(.fixedBinary(2))
    try fixed.append(bytes: [1, 2])
    #expect(fixed.finish().bytes(0).bytes == [1, 2])
  }

  @Test("lists, maps and structs are closed row by row", .spec("COL-7"))
  func nested() throws {
    let list = ColumnBuilder(.list(Field("element", .int64)))
    list.children[0].append(1 as Int64)
    list.children[0].appendNull()
    try list.endList()
    try list.endList()
    list.appendNull()
    list.children[0].append(2 as Int64)
    try list.endList()
    #expect(
      scalars(list.finish()) == [.list([.int(1), .null]), .list([]), .null, .list([.int(2)])])
    let map = ColumnBuilder(
      .map(key: Field("key", .string, nullable: false), value: Field("value", .bool)))
    let entries = map.children[0]
    try entries.children[0].append(text: "a")
    entries.children[1].append(bool: true)
    try map.endList()
    #expect(scalars(map.finish()) == [.map([(.string("a"), .bool(true))])])
    let pair = ColumnBuilder(.structure([Field("x", .int32), Field("y", .string)]))
    pair.children[0].append(1 as Int32)
    try pair.children[1].append(text: "u")
    pair.endStructure()
    pair.appendNull()
    let column = pair.finish()
    #expect(scalars(column) == [.structure([.int(1), .string("u")]), .null])
    guard case .structure(let parts) = column.layout else { return }
    #expect(parts.allSatisfy { $0.isNull(1) && $0.count == 2 })
  }

  @Test("2 GiB of bytes are refused before they are touched", .spec("COL-8"))
  func limits() throws {
    let builder = ColumnBuilder(.binary)
    try builder.append(bytes: [1])
    // The pointer is to one byte only: reading more of it would be seen by any memory checker.
    var byte: UInt8 = 0
    let error = withUnsafeBytes(of: &byte) { raw -> LakeError? in
      let huge = UnsafeRawBufferPointer(start: raw.baseAddress, count: Int(Int32.max))
      do throws(LakeError) { try builder.append(bytes: huge) } catch { return error }
      return nil
    }
    #expect(error?.code == .limitExceeded && error?.kind == .limitExceeded)
    #expect(builder.count == 1)
  }

  @Test("too many child rows are refused", .spec("COL-8"))
  func children() throws {
    let builder = ColumnBuilder(.list(Field("element", .null)))
    builder.children[0].appendNulls(Int(Int32.max))
    try builder.endList()
    builder.children[0].appendNull()
    let error = #expect(throws: LakeError.self) { try builder.endList() }
    #expect(error?.code == .limitExceeded)
  }

  @Test("values that do not fit", .spec("COL-9"))
  func misfits() {
    let cases: [(ColumnType, Scalar)] = [
      (.int8, .int(128)), (.int32, .int(1 << 31)), (.uint8, .int(-1)), (.uint64, .int(-1)),
      (.int64, .uint(1 << 63)), (.bool, .int(1)), (.string, .binary([1])),
      (.fixedBinary(2), .binary([1])), (.null, .int(0)),
      (.structure([Field("a", .int8)]), .structure([])),
      (.float64, .float(1)), (.decimal(precision: 3, scale: 0), .int(1)),
      (.list(Field("element", .int8)), .list([.int(400)])),
    ]
    for (type, value) in cases {
      let builder = ColumnBuilder(type)
      let error = #expect(throws: LakeError.self, "\(type)") { try builder.append(value) }
      #expect(error?.code == .inputValueInvalid)
    }
  }

  @Test("batches are cut by rows and by bytes", .spec("COL-10"))
  func batches() throws {
    let schema = Schema([Field("a", .int64), Field("b", .binary)])
    let byRows = BatchBuilder(schema, rowsMax: 3)
    #expect(byRows.isEmpty && !byRows.isFull)
    for row in 0..<3 {
      #expect(!byRows.isFull)
      try byRows.append([.int(Int64(row)), .null])
    }
    #expect(byRows.isFull)
    let batch = byRows.finish()
    #expect(batch.count == 3 && scalars(batch.columns[0]) == [.int(0), .int(1), .int(2)])
    #expect(byRows.isEmpty && byRows.byteCount == 4)
    let byBytes = BatchBuilder(schema, bufferBytesMax: 25_600)
    var rows = 0
    while !byBytes.isFull {
      try byBytes.append([.int(1), .binary([UInt8](repeating: 1, count: 60))])
      rows += 1
    }
    // 60 bytes a row: the limit is passed in row 427, and seen in row 512.
    #expect(rows == 512 && byBytes.largestBuffer == 512 * 60)
    let error = #expect(throws: LakeError.self) { try byBytes.append([.int(1)]) }
    #expect(error?.code == .inputValueInvalid)
  }

  @Test("half precision, against IEEE 754's own values", .spec("COL-11"))
  func halves() throws {
    let cases: [(UInt16, Float)] = [
      (0x0000, 0), (0x8000, -0.0), (0x3C00, 1), (0xC000, -2), (0x7BFF, 65_504), (0x0400, 0x1p-14),
      (0x0001, 0x1p-24), (0x03FF, 0x1.FF8p-15), (0x3555, 0.333251953125), (0x7C00, .infinity),
      (0xFC00, -.infinity),
    ]
    for (bits, value) in cases {
      let column = try Column(.float16, scalars: [.float(value)])
      #expect(column.value(0, as: UInt16.self) == bits, "\(value)")
      #expect(column.scalar(0) == .float(value))
    }
    let rounded: [(Float, UInt16)] = [
      (65_519, 0x7BFF), (65_520, 0x7C00), (1 + 0x1p-11, 0x3C00), (1 + 0x1.8p-10, 0x3C02),
      (0x1p-25, 0x0000), (0x1.8p-25, 0x0001), (1e30, 0x7C00), (0x1.FFFp-15, 0x0400),
    ]
    for (value, bits) in rounded {
      #expect(try Column(.float16, scalars: [.float(value)]).value(0, as: UInt16.self) == bits)
    }
    let nan = try Column(.float16, scalars: [.float(.nan)])
    #expect(nan.value(0, as: UInt16.self) & 0x7C00 == 0x7C00)
    #expect(nan.value(0, as: UInt16.self) & 0x03FF != 0)
  }
}
