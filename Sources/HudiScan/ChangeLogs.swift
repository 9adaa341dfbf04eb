// Spec: 12d-changes. Change logs in their three modes.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeColumns
import LakeStorage

/// Reads the change logs of a unit.
struct ChangeLogs: Sendable {
  /// What the logs of a mode without images after say: which rows to look up, and perhaps their
  /// images before.
  struct Looked {
    let keys: KeySet
    /// nil: to be looked up, too.
    let before: ChangeRows.Side?
  }

  private static let operation = "op"
  private static let recordKey = "record_key"
  private static let before = "before"
  private static let after = "after"

  private let storage: any Storage
  private let limits: Limits
  private let files: FileColumns
  private let schemas: LogSchemas
  private let type: ColumnType
  private let generator: KeyGenerator?

  init(_ snapshot: Snapshot, _ files: FileColumns, _ schemas: LogSchemas) {
    storage = snapshot.context.storage
    limits = snapshot.context.world.limits
    self.files = files
    self.schemas = schemas
    type = .structure(files.columns.fields)
    var options = KeyOptions()
    options.allowsAmbiguousKeys = true
    generator = try? KeyGenerator(snapshot.context.config, options, limits: limits)
  }

  /// Emits the rows of blocks that hold both images, and hands the others over to `look`.
  /// [CHANGE-5]
  func read(
    _ unit: ChangeUnit, _ paths: [ChangeUnit.ChangeLog],
    _ emit: (ChangeBatch) throws(LakeError) -> Void,
    _ look: (Looked) throws(LakeError) -> Void
  ) throws(LakeError) {
    let keys = KeyTable()
    var images: [RecordBatch] = []
    var lacksImages = false
    for log in paths {
      let path = try StoragePath(log.path)
      let file = try LogFileReader(
        storage, path, size: log.size, committed: log.size.map { [0..<$0] } ?? [], limits: limits)
      var blocks = file.blocks()
      while let block = try blocks.next() {
        guard block.type == .cdcData else { continue }
        var rows = try LogRowsReader(file, block, schemas: schemas)
        while let batch = try rows.next() {
          do throws(LakeError) {
            if batch[Self.after] != nil {
              try emit(try changes(batch, unit))
              continue
            }
            let names = batch.columns[try batch.schema.require(Self.recordKey)]
            _ = keys.insert(names)
            if let image = try self.image(batch, names, unit) {
              images.append(image)
            } else {
              lacksImages = true
            }
          } catch { throw error.at(log.path) }
        }
      }
    }
    if keys.count == 0 { return }
    var side: ChangeRows.Side?
    if !lacksImages, let schema = images.first?.schema {
      let rows = images
      side = { () throws(LakeError) in MemoryBatches(schema, rows) }
    }
    try look(Looked(keys: keys.freeze(), before: side))
  }

  /// A block of `op`, `before` and `after`.
  private func changes(
    _ batch: RecordBatch, _ unit: ChangeUnit
  ) throws(LakeError) -> ChangeBatch {
    let operations = batch.columns[try batch.schema.require(Self.operation)].decoded()
    for row in 0..<batch.count
    where operations.isNull(row) || ChangeOperation(rawValue: operations.string(row)) == nil {
      throw LakeError(
        .logMalformed, "\"\(operations.string(row))\" is no operation of a change log")
    }
    let before = try structure(batch, Self.before, unit)
    let after = try structure(batch, Self.after, unit)
    return ChangeBatch(
      operations: operations, keys: keys(before, after, count: batch.count), before: before,
      after: after)
  }

  /// An image in the columns of the table.
  private func structure(
    _ batch: RecordBatch, _ name: String, _ unit: ChangeUnit
  ) throws(LakeError) -> Column {
    let column = batch.columns[try batch.schema.require(name)].decoded()
    guard case .structure(let fields) = column.type else {
      if column.nullCount == column.count { return .nulls(type, count: column.count) }
      throw LakeError(.logMalformed, "\"\(name)\" of a change log is no record")
    }
    let source = try files.source(
      unit.group.partition, instant: unit.instant.requested, file: Schema(fields))
    return try SchemaAdapter.adapt(column, to: type, source, promotesOnly: true)
  }

  /// The image before of a block of `op`, `record_key` and `before`, as a state.
  private func image(
    _ batch: RecordBatch, _ names: Column, _ unit: ChangeUnit
  ) throws(LakeError) -> RecordBatch? {
    guard batch[Self.before] != nil else { return nil }
    let before = try structure(batch, Self.before, unit)
    guard case .structure(let columns) = before.layout else { return nil }
    let fields = ChangeRows.leading.map(\.field) + files.columns.fields
    let all = RecordBatch(
      Schema(fields), [names, .nulls(.string, count: batch.count)] + columns, count: batch.count)
    return all.filter(Bitmap((0..<batch.count).map { !before.isNull($0) }))
  }

  /// Such logs do not hold the key; where the key fields do not give it, it is null. [CHANGE-6]
  private func keys(_ before: Column, _ after: Column, count: Int) -> Column {
    let nothing = Column.nulls(.string, count: count)
    guard let generator else { return nothing }
    let picks = (0..<count).map { after.isNull($0) ? -1 - Int32($0) : Int32($0) }
    let rows = Column.interleave(after, before, picks)
    guard case .structure(let columns) = rows.layout else { return nothing }
    let batch = RecordBatch(files.columns, columns, count: count)
    return (try? generator.recordKeys(of: batch)) ?? nothing
  }
}
