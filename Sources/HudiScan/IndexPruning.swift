// Spec: 12c-pruning. File groups that can hold rows with wanted keys or values, as the indexes of
// the metadata table tell.
import HudiMetadata
import HudiModel
import LakeBase
import LakeColumns

/// What the record index and secondary indexes know of the values of a condition.
struct IndexPruning: Sendable {
  /// Record keys have as many places as partitions at most, so values with more keys than this are
  /// not followed further.
  private static let keysMax = 10_000

  private let predicate: BoundPredicate
  /// File groups by column and by the text of the value.
  private let places: [String: [ExactText: Set<FileGroupID>]]
  private let types: [String: ColumnType]
  /// All of them.
  let named: Set<FileGroupID>
  /// No other partition can have a row that is wanted; nil: others can.
  let partitions: Set<PartitionPath>?
  let reason: ScanExplanation.Reason

  /// nil where no index that can be trusted for these rows answers the condition: indexes tell
  /// where the newest version of every record is. Whatever is wrong with one is noted. [PRUNE-11]
  static func read(
    _ snapshot: Snapshot, _ predicate: BoundPredicate, _ options: ScanOptions
  ) throws(LakeError) -> IndexPruning? {
    let config = snapshot.context.config
    guard options.usesIndexes, options.believesStatistics, options.mode == .snapshot,
      options.slices == nil,
      options.instants == nil, options.mergeMode == nil, snapshot.asOf == nil,
      config.populatesMetaFields, config.metadataPartitions.contains(RecordIndex.name)
    else { return nil }
    let sought = predicate.sought
    guard !sought.isEmpty, let table = try snapshot.metadata.table(), table.has(RecordIndex.name)
    else { return nil }
    do throws(LakeError) {
      let index = try RecordIndex(table)
      var places: [String: [ExactText: Set<FileGroupID>]] = [:]
      for column in WantedKeys.columns(config) {
        guard let keys = WantedKeys.texts(predicate, column) else { continue }
        places[column] = try locate(keys, index)
      }
      var secondary: [String] = []
      for other in sought.sorted() where places[other] == nil {
        guard let found = try follow(other, predicate, table, index) else { continue }
        places[other] = found
        secondary.append(other)
      }
      if places.isEmpty { return nil }
      let reason: ScanExplanation.Reason =
        secondary.isEmpty
        ? .recordIndex : .secondaryIndex(secondary.joined(separator: ", "))
      return IndexPruning(predicate, places, reason)
    } catch {
      if error.kind == .cancelled { throw error }
      snapshot.context.world.journal.decision("the record index is not used: \(error.message)")
      return nil
    }
  }

  private init(
    _ predicate: BoundPredicate, _ places: [String: [ExactText: Set<FileGroupID>]],
    _ reason: ScanExplanation.Reason
  ) {
    self.predicate = predicate
    self.places = places
    self.reason = reason
    var types: [String: ColumnType] = [:]
    for place in predicate.places where places[place.name] != nil { types[place.name] = place.type }
    self.types = types
    named = places.values.reduce(into: []) { all, values in
      for groups in values.values { all.formUnion(groups) }
    }
    partitions =
      WantedKeys.isPinned(predicate, by: Set(places.keys)) ? Set(named.map(\.partition)) : nil
  }

  private static func locate(
    _ keys: [String], _ index: RecordIndex
  ) throws(LakeError) -> [ExactText: Set<FileGroupID>] {
    var groups: [ExactText: Set<FileGroupID>] = [:]
    for (key, places) in zip(keys, try index.locate(keys)) {
      groups[ExactText(key)] = Set(places.map { FileGroupID($0.partition, $0.fileID) })
    }
    return groups
  }

  /// By a secondary index of a column; nil where there is none, or its answer is too long.
  private static func follow(
    _ column: String, _ predicate: BoundPredicate, _ table: MetadataTable, _ index: RecordIndex
  ) throws(LakeError) -> [ExactText: Set<FileGroupID>]? {
    guard let texts = WantedKeys.texts(predicate, column),
      let secondary = try SecondaryIndex.all(table).first(where: { $0.column == column })
    else { return nil }
    var groups: [ExactText: Set<FileGroupID>] = [:]
    for text in texts {
      let keys = try secondary.recordKeys(text)
      if keys.count > keysMax { return nil }
      groups[ExactText(text)] = try locate(keys, index).values.reduce(into: []) {
        $0.formUnion($1)
      }
    }
    return groups
  }

  // MARK: Judging

  /// A place that the snapshot does not have would hide a row: the index is of another table then.
  ///
  /// - Parameter scope: partitions whose slices these are; nil: all.
  func isTrusted(_ slices: [FileSlice], in scope: [PartitionPath]?) -> Bool {
    let there = Set(slices.map(\.group))
    let scope = scope.map { Set($0) }
    return named.allSatisfy { group in
      there.contains(group) || !(scope?.contains(group.partition) ?? true)
    }
  }

  /// No row of the file group can meet the condition.
  func excludes(_ group: FileGroupID) -> Bool {
    predicate.verdict(bounds: { _ in nil }) { name, values in
      guard let known = places[name], let type = types[name] else { return false }
      return values.allSatisfy { value in
        guard let text = WantedKeys.text(value, type), let groups = known[ExactText(text)] else {
          return false
        }
        return !groups.contains(group)
      }
    } == .never
  }
}
