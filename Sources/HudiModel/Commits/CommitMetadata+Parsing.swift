// Spec: 05-commit-metadata. From and to the bytes of an instant file, whatever their form.
import LakeAvro
import LakeBase

extension CommitMetadata {
  /// Reads a commit's metadata by its first bytes: an Avro object container, or a JSON object.
  /// Exactly one record to the last byte. Throws what is wrong as damage. [META-4]
  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    if AvroTree.isContainer(bytes) {
      try self.init(tree: try AvroTree.read(bytes, limits: limits))
    } else if bytes.isEmpty {
      throw LakeError(.commitMetadataMalformed, "commit metadata is empty")
    } else {
      try self.init(tree: try JSONReader.parse(bytes, duplicateNames: .refused, limits: limits))
    }
  }

  /// The metadata inside an archived record: a field's value and schema, and the schema of the
  /// record, which may define what the field's refers to.
  public init(
    archived value: AvroValue, _ schema: AvroSchema, in record: AvroSchema
  ) throws(LakeError) {
    try self.init(tree: try AvroTree.json(value, schema, record.definitions, 0))
  }

  /// The bytes of an inflight or completed file: JSON in layout 1, Avro in layout 2, where a
  /// completed replacement has a record of its own. [META-5]
  /// - Parameter random: where the container's marker comes from: equal seeds give equal bytes.
  public func encode(
    _ layout: TimelineLayout, _ action: Action, _ state: Instant.State = .completed,
    random: any RandomSource = SystemRandom()
  ) throws(LakeError) -> Buffer {
    if layout == .one {
      var writer = JSONWriter(.pretty)
      writer.value(try jsonTree())
      return writer.buffer
    }
    let replaces = action.completed == .replacecommit && state == .completed
    var tree = avroTree
    if replaces, partitionToReplaceFileIDs == nil, case .object(var members) = tree {
      members.append(("partitionToReplaceFileIds", .object([])))
      tree = .object(members)
    }
    let schema = replaces ? AvroResources.replaceCommitMetadata : AvroResources.commitMetadata
    return try AvroTree.write(tree, schema, random)
  }
}
