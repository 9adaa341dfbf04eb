// Spec: 05a-avro. Schemas that file after file carries, parsed once a text.
import LakeBase
import Synchronization

/// A schema with what reading by it takes. Safe to use from several threads.
public final class KnownSchema: Sendable {
  public let schema: AvroSchema
  /// Every named type defined in the schema, by full name.
  public let definitions: [String: AvroSchema]
  private let resolution: SchemaResolution

  init(_ schema: AvroSchema, limits: Limits) throws(LakeError) {
    let resolution = try SchemaResolution(schema, limits: limits)
    self.schema = schema
    self.resolution = resolution
    definitions = schema.definitions
  }

  /// Reads what was written with the schema.
  public func reader(_ limits: Limits) -> AvroReader { AvroReader(resolution, limits: limits) }

  // MARK: All of the process

  /// Instant files of a table carry one and the same schema of some kilobytes each.
  private static let kept = 8
  private static let keptBytesMax = 64 << 10
  private static let known = Mutex<[(text: Buffer, schema: KnownSchema)]>([])

  /// The schema that `text` spells, parsed unless one of the last few texts was the same.
  ///
  /// Throws what `AvroSchema.init(json:limits:)` throws.
  public static func parse(_ text: Buffer, limits: Limits = .standard) throws(LakeError)
    -> KnownSchema
  {
    let isKept = text.count <= keptBytesMax && limits.schemasAreStandard
    if isKept, let found = known.withLock({ $0.first { $0.text == text }?.schema }) { return found }
    let made = try KnownSchema(try AvroSchema(json: text, limits: limits), limits: limits)
    if isKept {
      // A copy: the text may be a piece of a large file.
      let copy = Buffer(text.bytes)
      known.withLock { known in
        if known.count == kept { known.removeFirst() }
        known.append((copy, made))
      }
    }
    return made
  }
}

extension Limits {
  /// Whether what one parse of a schema allowed any other would allow, too.
  fileprivate var schemasAreStandard: Bool {
    let standard = Limits.standard
    return schemaDepthMax == standard.schemaDepthMax && jsonDepthMax == standard.jsonDepthMax
      && avroSchemaBytesMax == standard.avroSchemaBytesMax
      && jsonNumberBytesMax == standard.jsonNumberBytesMax
  }
}
