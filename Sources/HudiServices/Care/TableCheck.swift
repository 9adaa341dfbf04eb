// Spec: 13-concurrency. Is a table what its timeline says? From the files alone, nothing is
// repaired.
import HudiModel
import HudiScan
import HudiTimeline
import LakeBase
import LakeColumns
import LakeStorage

/// Checks one table; every finding names the invariant that does not hold.
public struct TableCheck: Sendable {
  let context: TableContext
  /// Whether every byte of every base file is read and compared with its checksum.
  let readsData: Bool
  /// Whether a key is unique in the whole table, not only in its partition.
  let keysAreGlobal: Bool
  /// Whether keys need not be unique: tables that were filled by plain inserts.
  let allowsDuplicateKeys: Bool

  public init(
    _ context: TableContext, readsData: Bool = true, keysAreGlobal: Bool = false,
    allowsDuplicateKeys: Bool = false
  ) {
    self.context = context
    self.readsData = readsData
    self.keysAreGlobal = keysAreGlobal
    self.allowsDuplicateKeys = allowsDuplicateKeys
  }

  /// All findings; none for a table in order. What cannot be read at all is an error. [CARE-1]
  public func run() throws(LakeError) -> [CheckFinding] {
    let snapshot = try Snapshot(context)
    var findings = times(snapshot.timeline)
    let commits = try stats(snapshot, &findings)
    findings += try files(snapshot, commits)
    findings += try rows(snapshot, commits)
    return findings
  }

  private func times(_ timeline: Timeline) -> [CheckFinding] {
    var findings: [CheckFinding] = []
    var requested: [InstantTime: Instant] = [:]
    var completions: [InstantTime: Instant] = [:]
    for instant in timeline.instants where instant.action != .savepoint {
      if let other = requested[instant.requested] {
        findings.append(CheckFinding(.timesIncrease, "\(instant) and \(other) share a time"))
      }
      requested[instant.requested] = instant
      guard let completed = instant.completed else { continue }
      if let other = completions[completed] {
        findings.append(
          CheckFinding(.timesIncrease, "\(instant) and \(other) were completed at one time"))
      }
      completions[completed] = instant
      if completed <= instant.requested {
        findings.append(
          CheckFinding(.timesIncrease, "\(instant) was completed at \(completed), not after"))
      }
    }
    return findings
  }

  /// The stats of completed writes by path.
  private func stats(
    _ snapshot: Snapshot, _ findings: inout [CheckFinding]
  ) throws(LakeError) -> [String: WriteStat] {
    var stats: [String: WriteStat] = [:]
    for instant in snapshot.writes {
      let metadata: CommitMetadata
      do throws(LakeError) { metadata = try context.commits.metadata(of: instant) } catch {
        guard error.kind == .corrupted else { throw error }
        findings.append(CheckFinding(.filesExist, "\(instant): \(error.message)", path: error.path))
        continue
      }
      for stat in metadata.stats {
        guard let path = stat.path else { continue }
        stats[path] = stat
      }
    }
    return stats
  }

  /// Rows of the newest slices: as many as the commit says, every key once.
  private func rows(
    _ snapshot: Snapshot, _ stats: [String: WriteStat]
  ) throws(LakeError) -> [CheckFinding] {
    guard snapshot.schema != nil else { return [] }
    var findings: [CheckFinding] = []
    var tables: [PartitionPath: KeyTable] = [:]
    for slice in try snapshot.listedSlices() {
      guard let base = slice.base else { continue }
      let path = slice.partition.appending(base.name.text)
      do throws(LakeError) {
        guard let reader = try snapshot.open(slice) else { continue }
        if let told = stats[path]?.numWrites, told != Int64(reader.rowCount) {
          findings.append(
            CheckFinding(
              .rowsCounted, "\(reader.rowCount) rows, the commit says \(told)", path: path))
        }
        let scope = keysAreGlobal ? PartitionPath.none : slice.partition
        let table = tables[scope] ?? KeyTable()
        tables[scope] = table
        var batches = try reader.batches(Schema([MetaField.recordKey.field]))
        while let batch = try batches.next() {
          let before = table.count
          let entries = table.insert(batch.columns[0])
          if allowsDuplicateKeys || table.count == before + batch.count { continue }
          findings.append(duplicate(batch.columns[0], entries, before, path))
        }
      } catch {
        guard error.kind == .corrupted || error.kind == .notFound || error.kind == .expired else {
          throw error
        }
        findings.append(CheckFinding(.bytesIntact, error.message, path: path))
      }
    }
    return findings
  }

  private func duplicate(
    _ keys: Column, _ entries: [Int32], _ before: Int, _ path: String
  ) -> CheckFinding {
    var next = Int32(before)
    var row = 0
    for (index, entry) in entries.enumerated() {
      if entry < next {
        row = index
        break
      }
      next += 1
    }
    return CheckFinding(
      .keysUnique, "the key \(keys.string(row).debugDescription) occurs more than once", path: path)
  }
}
