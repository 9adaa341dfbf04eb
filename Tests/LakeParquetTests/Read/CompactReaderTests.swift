// Thrift's compact protocol: what it reads, and what it refuses to believe.
import LakeBase
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite struct CompactReaderTests {
  private func code(_ bytes: [UInt8], _ limits: Limits = .standard) -> LakeCode? {
    var reader = CompactReader(Buffer(bytes), limits)
    do {
      _ = try FileMetadata.read(from: &reader, limits)
      return nil
    } catch { return error.code }
  }

  @Test("fields by delta and by number, every type passed over", .spec("PQR-1"))
  func fields() throws {
    // 1: i32 -3, 3: bool true, 100: binary "ab", 101: list of two i16, 102: map byte to bool,
    // 103: double, 104: uuid, 105: struct, then the end.
    let bytes: [UInt8] =
      [0x15, 5, 0x21, 0x08] + varint(200) + [2, 0x61, 0x62, 0x19, 0x24, 2, 4]
      + [0x1B, 1, 0x31, 9, 1, 0x17] + [UInt8](repeating: 0, count: 8) + [0x1D]
      + [UInt8](repeating: 7, count: 16) + [0x1C, 0x11, 0, 0]
    var reader = CompactReader(Buffer(bytes))
    try reader.begin()
    let first = try #require(try reader.field())
    #expect(first.id == 1)
    #expect(try reader.int32(first) == -3)
    let second = try #require(try reader.field())
    #expect(second.id == 3)
    #expect(try reader.bool(second))
    var ids: [Int16] = []
    while let field = try reader.field() {
      ids.append(field.id)
      try reader.skip(field)
    }
    #expect(ids == [100, 101, 102, 103, 104, 105])
    #expect(reader.remaining == 0)
  }

  @Test("sizes are compared with what is left", .spec("PQR-1", "LIMIT-1", "LIMIT-2"))
  func sizes() {
    // Key-value list (field 5) of 2^40 elements; schema list of 2^31.
    #expect(code([0x59, 0xFC] + varint(1 << 40)) == .parquetMalformed)
    #expect(code([0x29, 0xFC] + varint(1 << 31)) == .parquetMalformed)
    // created_by (field 6) of 100 GB, and of more bytes than there are.
    #expect(code([0x68] + varint(100 << 30)) == .limitExceeded)
    #expect(code([0x68, 9, 1, 2]) == .parquetMalformed)
    // An unknown field of structs in structs.
    #expect(code([UInt8](repeating: 0xFC, count: 100)) == .limitExceeded)
    #expect(code([0xF9] + [UInt8](repeating: 0x19, count: 100)) == .limitExceeded)
    // Unknown types, a varint without end, a list where a number is due.
    #expect(code([0x1F]) == .parquetMalformed)
    #expect(code([0x15] + [UInt8](repeating: 0xFF, count: 20)) == .parquetMalformed)
    #expect(code([0x19, 0x15, 2]) == .parquetMalformed)
    #expect(code([]) == .parquetMalformed)
    #expect(code([0]) == .parquetMalformed)
  }
}
