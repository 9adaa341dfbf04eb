// Spec: 05-commit-metadata. What any instant file says, as a tree: for showing, not for deciding.
import LakeAvro
import LakeBase

/// Metadata of any action and state without its types.
public enum InstantContent {
  /// The one record of an object container, or a JSON text; nil for an empty file.
  ///
  /// Throws `avroMalformed`, `jsonMalformed` or `limitExceeded`.
  public static func tree(
    of bytes: Buffer, limits: Limits = .standard
  ) throws(LakeError) -> JSONValue? {
    if bytes.isEmpty { return nil }
    if AvroTree.isContainer(bytes) { return try AvroTree.read(bytes, limits: limits) }
    return try JSONReader.parse(bytes, duplicateNames: .kept, limits: limits)
  }

  /// A value read with `schema`: records and maps are objects, bytes hexadecimal text.
  public static func tree(
    of value: AvroValue, _ schema: AvroSchema
  ) throws(LakeError) -> JSONValue {
    try AvroTree.json(value, schema)
  }
}
