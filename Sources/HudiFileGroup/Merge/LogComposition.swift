// Spec: 10-merging. Versions composed of several log records: partial updates.
import HudiModel
import LakeBase
import LakeColumns

/// Resolves, column by column, which record of a key's chain gives its value.
struct LogComposition {
  private let builder: LogTableBuilder
  private let count: Int

  init(_ builder: LogTableBuilder) {
    self.builder = builder
    count = builder.marks.count
  }

  /// One row per kept record, composed with the rest of its chain, and which values stand.
  func compose(_ kept: [Int32]) throws(LakeError) -> (RecordBatch, [Bitmap?]) {
    let wanted = builder.columns.wanted
    var columns: [Column] = []
    var stands: [Bitmap?] = []
    for (place, field) in wanted.fields.enumerated() {
      let all = try concatenated(place, field.type)
      if builder.policy.showsLatestWrite, MetaField(rawValue: field.name) != nil {
        columns.append(all.take(kept.map { latest($0) }))
        stands.append(nil)
        continue
      }
      let gaps = self.gaps(all, place, field.name)
      guard let gaps else {
        columns.append(all.take(kept))
        stands.append(nil)
        continue
      }
      var picks: [Int32] = []
      var found = BitmapBuilder(capacity: kept.count)
      for record in kept {
        let pick = resolve(record, gaps)
        picks.append(pick.record)
        found.append(pick.stands)
      }
      columns.append(all.take(picks))
      stands.append(found.takeValidity())
    }
    return (RecordBatch(wanted, columns, count: kept.count), stands)
  }

  /// The record of the chain that was written last.
  private func latest(_ start: Int32) -> Int32 {
    var latest = start
    var record = builder.next[Int(start)]
    while record >= 0 {
      latest = Swift.max(latest, record)
      record = builder.next[Int(record)]
    }
    return latest
  }

  /// All records of a column; deletes that are not shown are nulls.
  private func concatenated(_ place: Int, _ type: ColumnType) throws(LakeError) -> Column {
    try Column.concat(
      builder.parts.map { $0.rows?.columns[place] ?? .nulls(type, count: $0.count) }, as: type)
  }

  /// The first record of the chain without a gap; else the last one whose block has the column,
  /// and −1, a null, where none has.
  private func resolve(_ start: Int32, _ gaps: Gaps) -> (record: Int32, stands: Bool) {
    if builder.marks[Int(start)].contains(.delete) { return (start, true) }
    var record = start
    var last: Int32 = -1
    while record >= 0 {
      if !gaps.isAbsent(Int(record)) {
        if !gaps.byValue[Int(record)] { return (record, true) }
        last = record
      }
      record = builder.next[Int(record)]
    }
    return (last, false)
  }

  /// Records whose value of one column does not count.
  struct Gaps {
    /// The block does not have the column.
    var absent: [Bool]?
    /// The value is one that the policy fills.
    var byValue: Bitmap

    func isAbsent(_ record: Int) -> Bool { absent?[record] ?? false }
  }

  /// nil: no record has a gap.
  private func gaps(_ column: Column, _ place: Int, _ name: String) -> Gaps? {
    var absent: [Bool]?
    for part in builder.parts {
      guard let present = part.present, !present[place] else { continue }
      var flags = absent ?? [Bool](repeating: false, count: count)
      for record in part.first..<part.first + part.count { flags[record] = true }
      absent = flags
    }
    let byValue = LogTable.gaps(
      column, builder.policy.partialUpdate, builder.policy.fillers[name] ?? .null)
    if absent == nil && byValue == nil { return nil }
    return Gaps(absent: absent, byValue: byValue ?? Bitmap(repeating: false, count: count))
  }
}
