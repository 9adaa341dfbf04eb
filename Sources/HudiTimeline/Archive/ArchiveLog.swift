// Spec: 04-timeline. The archive of layout 1: log files of Avro blocks, one record an instant file.
import HudiModel
import LakeAvro
import LakeBase

/// Walks the frames of one archive file. An archive file is read whole or not at all: unlike in a
/// data log there is no reader that would notice what is missing.
struct ArchiveLog {
  private static let magic: [UInt8] = Array("#HUDI#".utf8)
  /// Magic and block length.
  private static let prefixBytes = 14
  /// The number of Avro data blocks.
  private static let avroData: UInt32 = 3
  private static let schemaKey: UInt32 = 2
  private static let headerEntriesMax: UInt32 = 64

  let source: any ByteSource
  let limits: Limits
  let keepsContent: Bool
  private var schemas: [String: AvroReader] = [:]

  init(_ source: any ByteSource, keepsContent: Bool, _ limits: Limits) {
    self.source = source
    self.keepsContent = keepsContent
    self.limits = limits
  }

  private static func damaged(_ what: String, at offset: Int) -> LakeError {
    LakeError(.timelineMalformed, "the archive is damaged: \(what)", offset: offset)
  }

  /// All records, in the order of the file. Throws `timelineMalformed` with the offset.
  mutating func entries() throws(LakeError) -> [ArchivedTimeline.Entry] {
    var entries: [ArchivedTimeline.Entry] = []
    var offset = 0
    while offset < source.count {
      guard source.count - offset >= Self.prefixBytes else {
        throw Self.damaged("it ends inside a block", at: offset)
      }
      var prefix = ByteReader(
        try source.read(offset..<offset + Self.prefixBytes), code: .timelineMalformed)
      guard try prefix.take(Self.magic.count).bytes == Self.magic else {
        throw Self.damaged("a block does not begin with its magic", at: offset)
      }
      let start = offset + Self.prefixBytes
      guard let length = Int(exactly: try prefix.bigEndian(Int64.self)), length >= 0,
        length <= source.count - start
      else { throw Self.damaged("a block is longer than the file", at: offset) }
      if length > limits.instantBytesMax {
        throw LakeError(.limitExceeded, "a block of \(length) bytes", offset: offset)
      }
      let block = try source.read(start..<start + length)
      do throws(LakeError) { try read(block, &entries) } catch { throw error.shifted(by: start) }
      offset = start + length
    }
    return entries
  }

  private mutating func read(
    _ block: Buffer, _ entries: inout [ArchivedTimeline.Entry]
  ) throws(LakeError) {
    var bytes = ByteReader(block, code: .timelineMalformed)
    guard try bytes.bigEndian(UInt32.self) == 1 else {
      throw Self.damaged("a block of unknown version", at: 0)
    }
    let type = try bytes.bigEndian(UInt32.self)
    let header = try map(&bytes)
    guard let length = Int(exactly: try bytes.bigEndian(Int64.self)), length >= 0,
      length <= bytes.remaining
    else { throw Self.damaged("a content longer than its block", at: bytes.position) }
    // Blocks of other kinds hold no instants.
    guard type == Self.avroData else { return }
    let at = bytes.position
    let content = try bytes.take(length)
    guard let schema = header[Self.schemaKey] else {
      throw Self.damaged("a block without schema", at: at)
    }
    do throws(LakeError) {
      try records(content, schema, &entries)
    } catch { throw error.shifted(by: at) }
  }

  private func map(_ bytes: inout ByteReader) throws(LakeError) -> [UInt32: String] {
    let count = try bytes.bigEndian(UInt32.self)
    guard count <= Self.headerEntriesMax else {
      throw bytes.failure("a header of \(count) entries")
    }
    var entries: [UInt32: String] = [:]
    for _ in 0..<count {
      let key = try bytes.bigEndian(UInt32.self)
      guard let size = Int(exactly: try bytes.bigEndian(UInt32.self)), size <= bytes.remaining,
        let text = try bytes.take(size).text
      else { throw bytes.failure("a header entry that is no text") }
      entries[key] = text
    }
    return entries
  }

  private mutating func records(
    _ content: Buffer, _ schema: String, _ entries: inout [ArchivedTimeline.Entry]
  ) throws(LakeError) {
    let reader: AvroReader
    if let known = schemas[schema] {
      reader = known
    } else {
      reader = try AvroReader(try AvroSchema(json: schema, limits: limits), limits: limits)
      schemas[schema] = reader
    }
    var bytes = ByteReader(content, code: .timelineMalformed)
    let version = try bytes.bigEndian(UInt32.self)
    guard (1...3).contains(version) else { throw bytes.failure("a block of version \(version)") }
    let count = try bytes.bigEndian(UInt32.self)
    // Every record has a length before it, so more cannot be there.
    guard Int(count) <= bytes.remaining / 4 else { throw bytes.failure("\(count) records") }
    for _ in 0..<count {
      guard let length = Int(exactly: try bytes.bigEndian(UInt32.self)), length <= bytes.remaining
      else { throw bytes.failure("a record longer than its block") }
      let at = bytes.position
      let record = try bytes.take(length)
      do throws(LakeError) {
        if let entry = try entry(try reader.read(record), reader.resolution.reader) {
          entries.append(entry)
        }
      } catch { throw error.shifted(by: at) }
    }
  }

  /// The instant of a record; nil for an action that this project does not know and that does not
  /// change rows as far as it could tell.
  private func entry(
    _ value: AvroValue, _ schema: AvroSchema
  ) throws(LakeError) -> ArchivedTimeline.Entry? {
    guard let record = AvroRecordView(value, schema),
      let requested = record.string("commitTime").flatMap({ InstantTime($0) }),
      let word = record.string("actionType")
    else { throw LakeError(.timelineMalformed, "a record that names no instant", offset: 0) }
    guard let action = Action(rawValue: word) else {
      throw LakeError(
        .timelineActionUnknown, "an archived instant has the unknown action \"\(word)\"")
    }
    let state: Instant.State
    switch record.string("actionState") {
    case "REQUESTED": state = .requested
    case "INFLIGHT": state = .inflight
    // Very old archives hold completed instants only and do not say so.
    case "COMPLETED", nil: state = .completed
    case let other?:
      throw LakeError(.timelineMalformed, "an archived instant in the state \"\(other)\"")
    }
    let instant = Instant(
      requested, state == .completed ? action.completed : action, state, origin: action)
    return ArchivedTimeline.Entry(
      instant: instant, content: keepsContent ? content(of: instant, record, schema) : .none)
  }

  /// The fields in which an archived record keeps what the instant's file said; which one a writer
  /// fills follows from action and state.
  private static let contentFields = [
    "hoodieReplaceCommitMetadata", "hoodieCommitMetadata", "hoodieCleanMetadata",
    "hoodieCleanerPlan", "hoodieRollbackMetadata", "hoodieSavePointMetadata",
    "hoodieCompactionPlan", "hoodieCompactionMetadata", "hoodieRequestedReplaceMetadata",
    "HoodieInflightReplaceMetadata", "hoodieIndexCommitMetadata",
  ]

  private func content(
    of instant: Instant, _ record: AvroRecordView, _ whole: AvroSchema
  ) -> ArchivedTimeline.Content {
    for name in Self.contentFields {
      guard let field = record.record.fields.first(where: { $0.name == name }),
        let schema = field.schema.nonNull
      else { continue }
      let value = record[name].unwrapped
      if !value.isNull { return .record(value, schema, in: whole) }
    }
    return .none
  }
}
