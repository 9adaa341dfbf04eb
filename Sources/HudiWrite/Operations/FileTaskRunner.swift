// Spec: 10-merging, 13-concurrency. Carries out an upsert plan, one file group per worker.
import HudiFileGroup
import HudiModel
import HudiScan
import LakeBase
import LakeColumns

/// Writes the files of a plan.
struct FileTaskRunner: Sendable {
  let context: TableContext
  let schema: TableSchema
  let policy: MergePolicy
  let options: BaseFileOptions
  let instant: InstantTime
  let markers: Markers

  private struct Task: Sendable {
    let name: BaseFileName
    let token: WriteToken
    let partition: PartitionPath
    let scope: IncomingScope
    let changes: FileGroupChanges
    let old: BaseFileReader?
    let oldName: BaseFileName?
  }

  /// All files of the plan, in its order; names are given out before the threads start, so that
  /// equal seeds give equal names (I31).
  func run(_ plan: UpsertPlan, _ scopes: [IncomingScope]) throws(LakeError) -> [WrittenFile] {
    var tasks: [Task] = []
    for rewrite in plan.rewrites {
      guard let old = rewrite.slice.base?.name else { continue }
      let token = WriteToken(task: tasks.count)
      tasks.append(
        Task(
          name: BaseFileName(old.fileID, token, instant), token: token,
          partition: rewrite.slice.partition, scope: scopes[rewrite.scope],
          changes: rewrite.changes, old: rewrite.reader, oldName: old))
    }
    for file in plan.newFiles {
      let token = WriteToken(task: tasks.count)
      tasks.append(
        Task(
          name: BaseFileName(.random(context.world.random), token, instant), token: token,
          partition: file.partition, scope: scopes[file.scope],
          changes: FileGroupChanges(inserts: file.rows), old: nil, oldName: nil))
    }
    return try context.world.workers.map(tasks) { task throws(LakeError) in try self.run(task) }
  }

  private func run(_ task: Task) throws(LakeError) -> WrittenFile {
    try markers.create(
      MarkerName(task.partition, task.name.text, task.old == nil ? .create : .merge))
    let writer = try BaseFileWriter(
      context.storage, task.partition, task.name, schema: schema.columns,
      avroSchema: schema.fileText, recordName: schema.recordName, options: options,
      rows: (task.old?.rowCount ?? 0) + task.changes.inserts.count)
    do throws(LakeError) {
      let meta = MetaColumns(instant, task.token, task.partition, fileName: task.name.text)
      var merge = FileGroupMerge(
        task.old, into: writer, meta, policy, copyFrom: options.rowGroupRows / 4,
        context.world.cancellation)
      let counts = try merge.run(task.changes, task.scope.incoming)
      let written = try writer.finish()
      let stat = WriteStat(
        base: task.name, in: task.partition, size: written.size, rows: written.rows,
        inserts: counts.inserted, updates: counts.updated, deletes: counts.deleted + counts.moved,
        previous: task.oldName)
      return WrittenFile(
        stat: stat, group: FileGroupID(task.partition, task.name.fileID),
        path: written.path.text, checksum: written.checksum, counts: counts)
    } catch {
      writer.abandon()
      throw error
    }
  }
}
