// Spec: 05-commit-metadata. From the bytes of an instant file, whatever their form.
import LakeBase

extension CommitMetadata {
  /// Reads a commit's metadata by its first bytes: an Avro object container, or a JSON object. Exactly
  /// one record to the last byte. Throws `commitMetadataMalformed`. [META-4]
  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    throw LakeError(.defect, "commit metadata cannot be read yet")
  }

  /// The bytes of an inflight or completed file: JSON in layout 1, Avro in layout 2, where a completed
  /// replacement has a record of its own. [META-5]
  public func encode(_ layout: TimelineLayout, _ action: Action, _ state: Instant.State)
    throws(LakeError) -> Buffer
  {
    throw LakeError(.defect, "commit metadata cannot be written yet")
  }
}
