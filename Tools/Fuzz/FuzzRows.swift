// Rows as text: what is inferred can be read, chunks change nothing, what is written reads back.
import LakeBase
import LakeColumns
import LakeText

enum FuzzRows {
  /// The first byte chooses the options, the second the size of the chunks.
  static func csv(_ input: Buffer) throws(LakeError) {
    guard input.count > 2 else { return }
    let flags = input[0]
    var options = CSVOptions()
    options.header = flags & 1 == 0
    options.decimals = flags & 2 != 0
    if flags & 4 != 0 { options.delimiter = 0x3B }
    if flags & 8 != 0 { options.nullWords = ["NA"] }
    let body = input[2..<input.count]
    let schema = try CSVInference.infer(text(body), options: options).schema
    guard let whole = try? csvText(body, schema, options) else {
      preconditionFailure("what was inferred as \(schema) cannot be read")
    }
    var small = options
    small.chunkBytes = 1 + Int(input[1])
    let pieces = try? csvText(body, schema, small, chunkBytes: 1 + Int(input[1] / 3))
    precondition(pieces == whole, "chunks of \(input[1]) bytes change the rows")
    var written = CSVOptions()
    written.missing = .refuse
    if let again = try? csvText(whole, schema, written) {
      precondition(again == whole, "written CSV reads back differently")
    } else {
      preconditionFailure("written CSV is not read")
    }
  }

  static func ndjson(_ input: Buffer) throws(LakeError) {
    guard input.count > 1 else { return }
    let body = input[1..<input.count]
    let schema = try NDJSONInference.infer(text(body)).schema
    guard let whole = try? jsonText(body, schema, NDJSONOptions()) else {
      preconditionFailure("what was inferred as \(schema) cannot be read")
    }
    var small = NDJSONOptions()
    small.chunkBytes = 1 + Int(input[0])
    let pieces = try? jsonText(body, schema, small, chunkBytes: 1 + Int(input[0] / 3))
    precondition(pieces == whole, "chunks of \(input[0]) bytes change the rows")
    if let again = try? jsonText(whole, schema, NDJSONOptions()) {
      precondition(again == whole, "written JSON rows read back differently")
    } else {
      preconditionFailure("written JSON rows are not read")
    }
  }

  private static func text(_ bytes: Buffer, chunkBytes: Int = 1 << 20) -> SourceText {
    SourceText(BufferSource(bytes), chunkBytes: chunkBytes)
  }

  private static func csvText(
    _ bytes: Buffer, _ schema: Schema, _ options: CSVOptions, chunkBytes: Int = 1 << 20
  ) throws(LakeError) -> Buffer {
    var reader = try CSVReader(
      text(bytes, chunkBytes: chunkBytes), schema: schema, options: options)
    var writer = CSVWriter(schema)
    let output = GrowingBuffer()
    output.append(writer.begin())
    while let batch = try reader.next() { output.append(try writer.write(batch)) }
    output.append(writer.finish())
    return output.take()
  }

  private static func jsonText(
    _ bytes: Buffer, _ schema: Schema, _ options: NDJSONOptions, chunkBytes: Int = 1 << 20
  ) throws(LakeError) -> Buffer {
    var reader = try NDJSONReader(
      text(bytes, chunkBytes: chunkBytes), schema: schema, options: options)
    var writer = NDJSONWriter(schema)
    let output = GrowingBuffer()
    output.append(writer.begin())
    while let batch = try reader.next() { output.append(try writer.write(batch)) }
    output.append(writer.finish())
    return output.take()
  }
}
