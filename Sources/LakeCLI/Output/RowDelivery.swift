// Spec: 16-command-line. Rows of a query on their way to standard output or into a file.
import HudiModel
import Lake
import LakeBase
import LakeColumns

/// `--limit` and `--out` of one run, checked before anything is read.
struct RowDelivery {
  private let session: Session
  private let limit: Int?
  private let out: (path: String, name: OutputName)?

  init(_ session: Session, _ arguments: Arguments) throws(LakeError) {
    self.session = session
    limit = try arguments.value("limit").map { (text) throws(LakeError) in
      try Units.number(text, "limit", 0...Int.max)
    }
    out = try arguments.value("out").map { (text) throws(LakeError) in
      (text, try OutputName(text))
    }
  }

  /// Prints or writes all rows and gives the exit status.
  /// - Parameter position: where the next pull begins; nil where there is none.
  func run(_ source: any BatchSource, _ position: String?) throws(LakeError) -> Int32 {
    // A limit leaves rows behind, which the next pull would miss.
    let next = limit == nil ? position : nil
    let rows: any BatchSource = limit.map { LimitedRows(source, $0) } ?? source
    if let out {
      try write(rows, to: out.path, out.name, next)
      return 0
    }
    try show(rows)
    if let next, !session.output.readerIsGone { tell(next) }
    return 0
  }

  /// Where the next pull begins. [CLI-46]
  private func tell(_ position: String) {
    let output = session.output
    guard output.isJSON else { return output.note("the next pull: --from \(position)") }
    let fields: JSONFields = [
      ("type", .text("position")), ("v", .int(1)), ("position", .text(position)),
    ]
    output.complain(JSONValue.object(fields).line)
  }

  private func show(_ source: any BatchSource) throws(LakeError) {
    let output = session.output
    var rows = source
    var printed = PrintedRows(rows.schema, output.rowFormat, output)
    while let batch = try rows.next(), !output.readerIsGone {
      try session.world.cancellation.check()
      try printed.write(batch)
    }
    try printed.finish()
  }

  private func write(
    _ source: any BatchSource, to path: String, _ name: OutputName, _ position: String?
  ) throws(LakeError) {
    var rows = source
    var count = 0
    var bytes = 0
    if !session.dryRun {
      let file = try OutputFile(session.path(path), replaces: session.confirmed)
      do throws(LakeError) {
        var writer = try name.rows(rows.schema, file, session.world)
        while let batch = try rows.next() {
          try session.world.cancellation.check()
          try writer.write(batch)
          count += batch.count
          session.world.journal.receive(.progress(rows: count, bytes: file.count, ofBytes: nil))
        }
        try writer.finish()
        bytes = file.count
      } catch {
        file.abandon()
        throw error
      }
    } else {
      while let batch = try rows.next() { count += batch.count }
    }
    let output = session.output
    if output.isJSON {
      var facts: JSONFields = [
        ("out", .text(path)), ("rows", .int(count)), ("bytes", .int(bytes)),
      ]
      if let position { facts.append((name: "position", value: .text(position))) }
      return try output.object("summary", facts)
    }
    let verb = session.dryRun ? "would write" : "wrote"
    output.note("\(verb) \(path): \(HumanText.plural(count, "row")), \(HumanText.bytes(bytes))")
    if let position { tell(position) }
  }
}

/// The first rows of a source.
struct LimitedRows: BatchSource {
  private var rows: any BatchSource
  private var left: Int
  var schema: Schema { rows.schema }

  init(_ rows: any BatchSource, _ limit: Int) {
    self.rows = rows
    left = limit
  }

  mutating func next() throws(LakeError) -> RecordBatch? {
    guard left > 0, let batch = try rows.next() else { return nil }
    let part = batch.count > left ? batch.slice(0..<left) : batch
    left -= part.count
    return part
  }
}
