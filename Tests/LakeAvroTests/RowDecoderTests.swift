// Rows straight into columns and back, held against the value tree.
import LakeAvro
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Rows into columns and back")
struct RowDecoderTests {
  @Test("columns hold what the value tree holds, and encode to the same bytes",
    .spec("AVRO-20", "AVRO-22"))
  func generated() throws { for seed in 0..<300 { try roundTrip(seed: seed) } }

  private func roundTrip(seed: Int) throws {
    var data = GeneratedData(seed: UInt64(seed))
    let schema = data.record()
    let record = try #require(schema.asRecord)
    let writer = try AvroWriter(schema)
    let values = (0..<data.below(40)).map { _ in data.value(of: schema) }
    let bytes = GrowingBuffer()
    let framed = GrowingBuffer()
    for value in values {
      let row = try writer.bytes(of: value)
      bytes.append(row)
      framed.append(bigEndian: UInt32(row.count))
      framed.append(row)
    }
    let plain = bytes.take()
    let decoder = try RowDecoder(writer: schema)
    var position = 0
    #expect(try decoder.append(plain, at: &position, rows: values.count) == values.count)
    #expect(position == plain.count)
    let batch = try decoder.finish()
    for (row, value) in values.enumerated() {
      let fields = try #require(value.asFields)
      for (index, field) in record.fields.enumerated() {
        #expect(batch.columns[index].scalar(row) == scalar(fields[index], field.schema))
      }
    }
    let encoder = try RowEncoder(schema, columns: batch.schema)
    let again = GrowingBuffer()
    try encoder.encode(batch, to: again)
    #expect(again.take() == plain)
    try encoder.encode(batch, framing: .lengthPrefixed, to: again)
    let framedBytes = framed.take()
    #expect(again.take() == framedBytes)
    position = 0
    try decoder.append(framedBytes, at: &position, rows: values.count, framing: .lengthPrefixed)
    let second = try decoder.finish()
    try encoder.encode(second, to: again)
    #expect(again.take() == plain)
  }

  @Test("any cut and any flipped byte gives values or an error, never a trap",
    .spec("AVRO-7"))
  func damaged() throws { for seed in 0..<80 { try damage(seed: seed) } }

  private func damage(seed: Int) throws {
    var data = GeneratedData(seed: 1_000 + UInt64(seed))
    let schema = data.record()
    let writer = try AvroWriter(schema)
    let bytes = GrowingBuffer()
    for _ in 0..<5 { try writer.write(data.value(of: schema), to: bytes) }
    let good = bytes.take().bytes
    let reader = try AvroReader(schema)
    for round in 0..<40 {
      var bad = good
      if round % 2 == 0, !bad.isEmpty {
        bad[data.below(bad.count)] = UInt8(data.below(256))
      } else {
        bad.removeLast(Swift.min(bad.count, 1 + data.below(9)))
      }
      let buffer = Buffer(bad)
      // Both readers agree on whether the bytes are data of the schema.
      var trees: [AvroValue]? = []
      var cursor = ByteReader(buffer, code: .avroMalformed)
      do { for _ in 0..<5 { trees?.append(try reader.read(&cursor)) } } catch {
        trees = nil
      }
      var count: Int?
      do {
        let decoder = try RowDecoder(writer: schema)
        var position = 0
        try decoder.append(buffer, at: &position, rows: 5)
        count = try decoder.finish().count
        #expect(position == cursor.position)
      } catch {
        let expected: Set<LakeCode> = [.avroMalformed, .limitExceeded, .typeUnsupported]
        #expect(expected.contains(error.code), "\(error)")
        // Decimals beyond 128 bits are values of a tree, but of no column.
        if error.code == .typeUnsupported { continue }
      }
      #expect(count == trees?.count)
    }
  }
}
