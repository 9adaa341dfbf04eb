// Spec: 09-metadata-table. Schemas parsed once, however many files carry them.
import LakeAvro
import LakeBase
import Synchronization

/// Decoders by the text of the writer's schema.
final class MetadataDecoders: Sendable {
  private let limits: Limits
  /// Few: most files of a table carry the same text, and comparing it is cheaper than hashing it.
  private let known = Mutex<[(schema: String, decoder: MetadataDecoder)]>([])

  init(_ limits: Limits) { self.limits = limits }

  func decoder(_ schema: String) throws(LakeError) -> MetadataDecoder {
    let found = known.withLock { known in
      known.first { $0.schema.utf8.count == schema.utf8.count && $0.schema == schema }?.decoder
    }
    if let found { return found }
    let made = try MetadataDecoder(try AvroSchema(json: schema, limits: limits), limits)
    known.withLock { $0.append((schema, made)) }
    return made
  }
}
