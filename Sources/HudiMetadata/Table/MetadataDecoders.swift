// Spec: 09-metadata-table. Schemas parsed once, however many files carry them.
import LakeAvro
import LakeBase
import Synchronization

/// Decoders by the text of the writer's schema.
final class MetadataDecoders: Sendable {
  private let limits: Limits
  private let known = Mutex<[String: MetadataDecoder]>([:])

  init(_ limits: Limits) { self.limits = limits }

  func decoder(_ schema: String) throws(LakeError) -> MetadataDecoder {
    if let found = known.withLock({ $0[schema] }) { return found }
    let made = try MetadataDecoder(try AvroSchema(json: schema, limits: limits), limits)
    known.withLock { $0[schema] = made }
    return made
  }
}
