// One array of objects, cut into pieces of every size: the pieces may not show.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import LakeText

@Suite struct ArrayChunksTests {
  static let cases: [(String, String)] = [
    ("[{\"a\":[1,2],\"b\":{\"c\":[{}]}},\n {\"a\":[],\"b\":null}]\n\n", "2"),
    ("[\n\n\n\n\n\n]\n\n\n", "0"),
    ("  [ {\"a\":\"]},{[\\\"\"} , {\"a\":\"x\"},{\"a\":null} ]  ", "3"),
    ("[{\"a\":[[1],[2]]},{\"a\":[[3]]},{\"a\":[[]]},{\"a\":[]}]", "4"),
  ]

  private func rows(_ text: String, _ chunkBytes: Int) throws -> (Int, Buffer) {
    let bytes = Buffer(utf8: text)
    let schema = try NDJSONInference.infer(SourceText(BufferSource(bytes))).schema
    var options = NDJSONOptions()
    options.chunkBytes = chunkBytes
    var reader = try NDJSONReader(
      SourceText(BufferSource(bytes), chunkBytes: chunkBytes), schema: schema, options: options)
    var writer = NDJSONWriter(schema)
    let output = GrowingBuffer()
    var rows = 0
    while let batch = try reader.next() {
      rows += batch.count
      output.append(try writer.write(batch))
    }
    return (rows, output.take())
  }

  @Test("Pieces of every size give the same rows", arguments: cases)
  func everySize(_ text: String, _ count: String) throws {
    let whole = try rows(text, 1 << 20)
    #expect(String(whole.0) == count)
    for size in 1...text.utf8.count + 1 {
      let pieces = try rows(text, size)
      #expect(pieces.0 == whole.0, "pieces of \(size) bytes")
      #expect(pieces.1 == whole.1, "pieces of \(size) bytes")
    }
  }

  @Test("Text behind the array is refused, whatever the pieces")
  func behind() throws {
    let text = "[{\"a\":1}]\n\n {\"a\":2}"
    let schema = Schema([Field("a", .int64)])
    for size in 1...text.utf8.count {
      var options = NDJSONOptions()
      options.chunkBytes = size
      #expect(throws: LakeError.self) {
        var reader = try NDJSONReader(
          SourceText(BufferSource(Buffer(utf8: text)), chunkBytes: size), schema: schema,
          options: options)
        while try reader.next() != nil {}
      }
    }
  }
}
