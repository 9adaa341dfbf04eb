// Spec: 14-text-rows. The schema that all records of a JSON input together allow.
import LakeBase
import LakeColumns

/// The outcome of looking at a whole input once.
public struct NDJSONInference: Sendable {
  public let schema: Schema
  /// One for each column, in order of appearance.
  public let notes: [InferenceNote]
  public let rows: Int

  /// Reads `input` to its end. All columns are nullable. Throws `inputValueInvalid` when a field
  /// holds values that have no type in common, or whole numbers beyond 64 bits.
  public static func infer(
    _ input: any TextInput, options: NDJSONOptions = NDJSONOptions()
  ) throws(LakeError) -> NDJSONInference {
    var chunks = try JSONChunks(input, options)
    let isArray = chunks.isArray
    let many = options.workers.width == 1 ? 1 : options.workers.width * 2
    var total = JSONShape()
    var rows = 0
    while true {
      var wave: [RecordChunk] = []
      while wave.count < many, let chunk = try chunks.next() { wave.append(chunk) }
      if wave.isEmpty { break }
      let limits = options.limits
      let parts = try options.workers.map(wave) { chunk throws(LakeError) -> (JSONShape, Int) in
        try look(chunk, isArray, limits)
      }
      for (shape, count) in parts {
        total.merge(shape)
        rows += count
      }
    }
    var fields: [Field] = []
    var notes: [InferenceNote] = []
    for (bytes, shape) in zip(total.names, total.fields) {
      let name = String(decoding: bytes, as: UTF8.self)
      if options.dropped.contains(name) { continue }
      let (type, reason) = try shape.conclusion(name)
      fields.append(Field(name, type))
      notes.append(InferenceNote(column: name, type: type, reason: reason))
    }
    return NDJSONInference(schema: Schema(fields), notes: notes, rows: rows)
  }

  private static func look(
    _ chunk: RecordChunk, _ isArray: Bool, _ limits: Limits
  ) throws(LakeError) -> (JSONShape, Int) {
    do throws(ParseFailure) {
      try checkText(chunk)
      var shape = JSONShape()
      var rows = 0
      let records = JSONRecords(chunk, isArray: isArray, limits)
      try records.forEach { (at: inout Int) throws(ParseFailure) in
        try shape.addObject(records.scan, &at, chunk, depth: 0)
        rows += 1
      }
      withExtendedLifetime(chunk.text) {}
      return (shape, rows)
    } catch {
      throw chunk.locate(error)
    }
  }
}
