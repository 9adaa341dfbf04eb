// Spec: 14-text-rows. The schema that all values of a CSV input together allow.
import LakeBase
import LakeColumns

/// The outcome of looking at a whole input once.
public struct CSVInference: Sendable {
  public let schema: Schema
  /// One for each column, in order.
  public let notes: [InferenceNote]
  public let rows: Int

  /// Reads `input` to its end; every value has a say. All columns are nullable. Throws for text
  /// that is not CSV, as `CSVReader` does.
  public static func infer(
    _ input: any TextInput, options: CSVOptions = CSVOptions()
  ) throws(LakeError) -> CSVInference {
    let head = try CSVHead(input, options)
    try checkNames(head.names)
    let parser = CellParser(
      nullWords: options.nullWords, zoneOffset: options.zoneOffset, limits: options.limits)
    var total = [CSVEvidence](repeating: CSVEvidence(), count: head.names.count)
    var rows = 0
    var chunks = head.chunks
    var first = head.first
    let many = options.workers.width == 1 ? 1 : options.workers.width * 2
    while true {
      var wave: [CSVReader.Job] = []
      if let chunk = first { wave.append(CSVReader.Job(chunk: chunk, start: head.bodyStart)) }
      first = nil
      while wave.count < many, let chunk = try chunks.next() {
        wave.append(CSVReader.Job(chunk: chunk, start: 0))
      }
      if wave.isEmpty { break }
      let (scan, width) = (head.scan, head.names.count)
      let parts = try options.workers.map(wave) { job throws(LakeError) -> ([CSVEvidence], Int) in
        try look(job, scan, parser, width)
      }
      for (evidence, count) in parts {
        rows += count
        for index in total.indices { total[index].merge(evidence[index]) }
      }
    }
    var fields: [Field] = []
    var notes: [InferenceNote] = []
    for (name, evidence) in zip(head.names, total) where !options.dropped.contains(name) {
      let (type, reason) = evidence.conclusion(decimals: options.decimals)
      fields.append(Field(name, type))
      notes.append(InferenceNote(column: name, type: type, reason: reason))
    }
    return CSVInference(schema: Schema(fields), notes: notes, rows: rows)
  }

  private static func checkNames(_ names: [String]) throws(LakeError) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw LakeError(
        .inputMalformed, "line 1: column \"\(name)\" is there twice",
        facts: [("line", "1"), ("column", name)])
    }
  }

  private static func look(
    _ job: CSVReader.Job, _ scan: CSVScan, _ parser: CellParser, _ width: Int
  ) throws(LakeError) -> ([CSVEvidence], Int) {
    do throws(ParseFailure) {
      try checkText(job.chunk)
      let fields = try scan.fields(job.chunk, from: job.start, width: width)
      let table = FieldTable(
        base: job.chunk.bytes,
        entries: fields.entries.pointer.assumingMemoryBound(to: UInt64.self), width: width,
        rows: fields.rows, dialect: .csv(quote: scan.quote), owners: [])
      var evidence = [CSVEvidence](repeating: CSVEvidence(), count: width)
      for index in 0..<width {
        var one = CSVEvidence()
        one.look(job.chunk, table, index, parser)
        evidence[index] = one
      }
      withExtendedLifetime((job.chunk.text, fields.entries)) {}
      return (evidence, fields.rows)
    } catch {
      throw job.chunk.locate(error)
    }
  }
}
