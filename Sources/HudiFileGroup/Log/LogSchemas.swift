// Spec: 07-log-files. Schemas of log blocks, parsed once a text.
import LakeAvro
import LakeBase
import Synchronization

/// Parsed schemas by their text; most blocks of a table share a few. Safe to use from several
/// threads.
public final class LogSchemas: Sendable {
  private static let kept = 64
  private let known = Mutex<[String: AvroSchema]>([:])
  private let limits: Limits

  public init(limits: Limits = .standard) { self.limits = limits }

  /// The schema that `text` spells. Throws what `AvroSchema.init(json:)` throws.
  public func schema(_ text: String) throws(LakeError) -> AvroSchema {
    if let schema = known.withLock({ $0[text] }) { return schema }
    let schema = try AvroSchema(json: text, limits: limits)
    known.withLock { known in
      if known.count >= Self.kept { known.removeAll() }
      known[text] = schema
    }
    return schema
  }
}

/// Row decoders of one worker, by the text of their schema.
final class LogDecoders {
  private static let kept = 8
  /// Columns wanted, by name; nil for all.
  let columns: Set<String>?
  let memory: MemoryBudget?
  private let schemas: LogSchemas
  private let limits: Limits
  private var known: [String: RowDecoder] = [:]
  private var deletes: RowDecoder?

  init(
    _ schemas: LogSchemas, columns: Set<String>?, limits: Limits,
    memory: MemoryBudget? = nil
  ) {
    self.schemas = schemas
    self.columns = columns
    self.memory = memory
    self.limits = limits
  }

  /// A decoder without rows, for blocks with the schema that `text` spells.
  func decoder(_ text: String) throws(LakeError) -> RowDecoder {
    if let decoder = known[text], decoder.count == 0 { return decoder }
    let schema = try schemas.schema(text)
    let names = columns.map { wanted in
      (schema.asRecord?.fields ?? []).map(\.name).filter { wanted.contains($0) }
    }
    let decoder = try RowDecoder(writer: schema, columns: names, limits: limits)
    if known.count >= Self.kept { known.removeAll() }
    known[text] = decoder
    return decoder
  }

  /// A decoder without rows, for the keys and orders of deletes.
  func deleteDecoder() throws(LakeError) -> RowDecoder {
    if let deletes, deletes.count == 0 { return deletes }
    let decoder = try RowDecoder(
      writer: LogDeleteSchema.entry, columns: ["recordKey", "orderingVal"], limits: limits)
    deletes = decoder
    return decoder
  }

  /// After an error it is of no use.
  func forgetDeletes() { deletes = nil }

  /// The parsed schema that `text` spells.
  func schema(_ text: String) throws(LakeError) -> AvroSchema { try schemas.schema(text) }

  /// After an error a decoder is of no use.
  func forget(_ text: String) { known[text] = nil }
}
