// Spec: 16-command-line, 05-commit-metadata. From metadata and plans to the files they name.
import HudiModel
import LakeBase

extension InstantItem {
  /// What the file of one state names.
  static func items(
    _ action: Action, _ state: Instant.State, _ bytes: Buffer, _ limits: Limits
  ) throws(LakeError) -> [InstantItem] {
    let isPlan = state == .requested
    switch action {
    case .clean:
      return isPlan
        ? try CleanPlan(parsing: bytes, limits: limits).items
        : try CleanMetadata(parsing: bytes, limits: limits).items
    case .rollback:
      return isPlan
        ? try RollbackPlan(parsing: bytes, limits: limits).items
        : try RollbackMetadata(parsing: bytes, limits: limits).items
    case .restore:
      if isPlan {
        return try RestorePlan(parsing: bytes, limits: limits).instantsToRollback.map {
          InstantItem(.rollback, nil, "\($0.commitTime) \($0.action)")
        }
      }
      return try RestoreMetadata(parsing: bytes, limits: limits).rollbacks.entries
        .flatMap { $0.value.flatMap(\.items) }
    case .savepoint:
      if isPlan { return [] }
      return try SavepointMetadata(parsing: bytes, limits: limits).files.entries.flatMap { entry in
        entry.value.map { InstantItem(.keep, entry.key, $0) }
      }
    case .compaction, .logcompaction:
      return try CompactionPlan(parsing: bytes, limits: limits).items
    case .clustering, .replacecommit:
      if !isPlan { return try CommitMetadata(parsing: bytes, limits: limits).items }
      return try RequestedReplaceMetadata(parsing: bytes, limits: limits).clusteringPlan?.items
        ?? []
    case .indexing:
      return try IndexPlan(parsing: bytes, limits: limits).partitions?.map {
        InstantItem(.index, nil, $0.metadataPartitionPath ?? "")
      } ?? []
    case .commit, .deltacommit:
      return isPlan ? [] : try CommitMetadata(parsing: bytes, limits: limits).items
    }
  }

  fileprivate static func lastSegment(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

extension CommitMetadata {
  /// The written files, then the replaced groups.
  var items: [InstantItem] {
    var items: [InstantItem] = []
    for entry in partitionStats.entries {
      for stat in entry.value {
        guard let name = stat.fileName else {
          items.append(InstantItem(.planned, entry.key, stat.fileID ?? "", stat))
          continue
        }
        var role = InstantItem.Role.base
        if case .log = DataFileName(name) { role = .log }
        items.append(InstantItem(role, entry.key, name, stat))
        for change in stat.cdcStats?.entries ?? [] {
          items.append(InstantItem(.cdc, entry.key, InstantItem.lastSegment(change.key)))
        }
      }
    }
    for entry in partitionToReplaceFileIDs?.entries ?? [] {
      items += entry.value.map { InstantItem(.replaced, entry.key, $0) }
    }
    return items
  }
}

extension CleanPlan {
  var items: [InstantItem] {
    var items: [InstantItem] = []
    for entry in filePathsToBeDeletedPerPartition?.entries ?? [] {
      items += entry.value.map {
        InstantItem(.delete, entry.key, InstantItem.lastSegment($0.filePath ?? ""))
      }
    }
    for entry in filesToBeDeletedPerPartition?.entries ?? [] {
      items += entry.value.map { InstantItem(.delete, entry.key, InstantItem.lastSegment($0)) }
    }
    items += (partitionsToBeDeleted ?? []).map { InstantItem(.delete, $0, "") }
    return items
  }
}

extension CleanMetadata {
  var items: [InstantItem] {
    partitions.entries.flatMap { entry in
      entry.value.successDeleteFiles.map {
        InstantItem(.deleted, entry.key, InstantItem.lastSegment($0))
      }
        + entry.value.failedDeleteFiles.map {
          InstantItem(.failed, entry.key, InstantItem.lastSegment($0))
        }
    }
  }
}

extension RollbackPlan {
  var items: [InstantItem] {
    requests.flatMap { request in
      request.filesToBeDeleted.map {
        InstantItem(.delete, request.partitionPath, InstantItem.lastSegment($0))
      }
        + (request.logBlocksToBeDeleted?.entries ?? []).map {
          InstantItem(.rollback, request.partitionPath, InstantItem.lastSegment($0.key))
        }
    }
  }
}

extension RollbackMetadata {
  var items: [InstantItem] {
    partitions.entries.flatMap { entry -> [InstantItem] in
      let found = entry.value
      let lists: [(InstantItem.Role, [String])] = [
        (.deleted, found.successDeleteFiles), (.failed, found.failedDeleteFiles),
        (.rollback, (found.rollbackLogFiles?.entries ?? []).map(\.key)),
      ]
      return lists.flatMap { role, paths in
        paths.map { InstantItem(role, entry.key, InstantItem.lastSegment($0)) }
      }
    }
  }
}

extension CompactionPlan {
  var items: [InstantItem] {
    (operations ?? []).flatMap { operation in
      let paths = (operation.dataFilePath.map { [$0] } ?? []) + (operation.deltaFilePaths ?? [])
      return paths.filter { !$0.isEmpty }.map {
        InstantItem(.input, operation.partitionPath, InstantItem.lastSegment($0))
      }
    }
  }
}

extension ClusteringPlan {
  var items: [InstantItem] {
    (inputGroups ?? []).flatMap { $0.slices ?? [] }.flatMap { slice in
      let paths = (slice.dataFilePath.map { [$0] } ?? []) + (slice.deltaFilePaths ?? [])
      return paths.filter { !$0.isEmpty }.map {
        InstantItem(.input, slice.partitionPath, InstantItem.lastSegment($0))
      }
    }
  }
}
