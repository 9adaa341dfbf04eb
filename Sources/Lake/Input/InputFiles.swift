// Spec: 14-text-rows. Files, folders and standard input of any format as one stream of batches.
import HudiFileGroup
import LakeBase
import LakeColumns
import LakeStorage
import LakeText

/// The rows of all inputs, one input after the other, in one schema: the union of their columns.
public struct InputFiles: BatchSource {
  public let schema: Schema
  /// How many inputs there are.
  public let count: Int
  /// Bytes of all files as they are stored; what standard input has is not known before its end.
  public let bytes: Int
  /// The format, and more than one where they differ, for people.
  public let formatNames: String
  private var inputs: ArraySlice<OpenInput>
  private var current: (rows: any BatchSource, adapter: SchemaAdapter, input: OpenInput)?
  private let world: World
  private var rowsDone = 0
  private let meter: InputMeter

  /// Opens every input and finds out its columns. Text without given columns is read once for that.
  ///
  /// - Parameter paths: files, folders (their files below, in the order of their names) and `-`.
  /// - Throws: `inputNotFound`, `inputFormatUnknown`, and for malformed content the code of its
  ///   format
  ///   as kind `invalidInput`.
  public init(
    _ paths: [String], _ options: InputOptions, _ world: World
  ) throws(LakeError) {
    self.world = world
    meter = InputMeter()
    var opened: [OpenInput] = []
    for place in try InputPlace.expand(paths, options, world) {
      opened.append(try OpenInput(place, options, world, meter))
    }
    schema = try Self.union(opened, options)
    count = opened.count
    bytes = opened.reduce(0) { $0 + ($1.place.size ?? 0) }
    var names: [String] = []
    for input in opened where !names.contains(input.formatName) { names.append(input.formatName) }
    formatNames = names.joined(separator: ", ")
    inputs = opened[...]
  }

  /// Columns by name in the order of their first appearance; a column that one input lacks may be
  /// null.
  private static func union(
    _ inputs: [OpenInput], _ options: InputOptions
  ) throws(LakeError) -> Schema {
    var fields = inputs.first?.schema.fields ?? []
    for input in inputs.dropFirst() {
      for field in input.schema.fields {
        guard let place = fields.firstIndex(where: { $0.name == field.name }) else {
          fields.append(Field(field.name, field.type, metadata: field.metadata))
          continue
        }
        fields[place].nullable = fields[place].nullable || field.nullable
        if fields[place].type == field.type || field.type.canBecome(fields[place].type) { continue }
        guard fields[place].type.canBecome(field.type) else {
          throw LakeError(
            .inputValueInvalid,
            "column \"\(field.name)\" is \(field.type) here and \(fields[place].type) in the "
              + "inputs before",
            path: input.place.name, hint: "--columns '\(field.name) string, …' gives one type")
        }
        fields[place].type = field.type
      }
      for index in fields.indices where input.schema.index(of: fields[index].name) == nil {
        fields[index].nullable = true
      }
    }
    return Schema(fields)
  }

  /// Bytes read so far, of stored files and streams alike.
  public var bytesRead: Int { meter.bytes }

  public mutating func next() throws(LakeError) -> RecordBatch? {
    while true {
      try world.cancellation.check()
      if current == nil {
        guard let input = inputs.popFirst() else { return nil }
        current = (try input.rows(), SchemaAdapter(from: input.schema, to: schema), input)
      }
      if let batch = try pull() {
        rowsDone += batch.count
        world.journal.receive(
          .progress(rows: rowsDone, bytes: meter.bytes, ofBytes: bytes > 0 ? bytes : nil))
        return batch
      }
      if let input = current?.input { meter.finish(input.place.size) }
      current = nil
    }
  }

  private mutating func pull() throws(LakeError) -> RecordBatch? {
    guard let open = current else { return nil }
    var rows = open.rows
    do throws(LakeError) {
      guard let batch = try rows.next() else { return nil }
      current?.rows = rows
      return try open.adapter.adapt(batch)
    } catch { throw error.ofInput(open.input.place.name) }
  }
}

/// How many bytes of the inputs were read; shared with the readers.
final class InputMeter {
  private(set) var bytes = 0
  private var finished = 0

  func add(_ count: Int) { bytes += count }

  /// Declares an input of known size read to its end.
  func finish(_ size: Int?) {
    guard let size else {
      finished = bytes
      return
    }
    finished += size
    bytes = Swift.max(bytes, finished)
  }
}

extension LakeError {
  /// Damage in an input is the input's fault: kind `invalidInput`, with the input's name.
  func ofInput(_ name: String) -> LakeError {
    (kind == .corrupted ? asKind(.invalidInput) : self).at(name)
  }
}
