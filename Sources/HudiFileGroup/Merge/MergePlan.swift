// Spec: 10-merging. One base batch met by the log side: which row comes from where.
import HudiModel
import LakeBase
import LakeColumns

/// For every row that a base batch yields, the base row or the log row behind it.
struct MergePlan {
  /// As `Interleaving` takes them: a pick ≥ 0 is a base row, −1 − p is log row p.
  private(set) var picks: [Int32] = []
  /// Rows that stand for deleted keys; nil: none.
  private(set) var deleted: [Bool]?
  /// Nothing of the batch changes.
  private(set) var isUntouched = true
  /// Places in `picks` where both sides have a row, for values that fill gaps.
  private var meetings: [Meeting] = []
  private let composes: Bool

  private struct Meeting {
    let place: Int
    let baseRow: Int32
    let logRow: Int32
    let logWins: Bool
  }

  /// - Parameters:
  ///   - rows: base rows that the log side has, ascending.
  ///   - entries: their keys.
  ///   - wins: whether the log side wins.
  init(_ table: LogTable, _ count: Int, _ rows: [Int32], _ entries: [Int32], _ wins: [Bool]) {
    composes = !table.stands.isEmpty
    let fillsByValue = table.policy.partialUpdate != nil
    picks.reserveCapacity(count)
    var flagged: [Int] = []
    var from: Int32 = 0
    for hit in rows.indices {
      let row = rows[hit]
      let entry = Int(entries[hit])
      while from < row {
        picks.append(from)
        from &+= 1
      }
      from = row + 1
      let logRow = table.rowOf[entry]
      if !wins[hit] {
        if fillsByValue && !table.isDelete[entry] {
          meetings.append(Meeting(place: picks.count, baseRow: row, logRow: logRow, logWins: false))
          isUntouched = false
        }
        picks.append(row)
        continue
      }
      isUntouched = false
      if logRow < 0 { continue }
      if table.isDelete[entry] {
        flagged.append(picks.count)
      } else if composes {
        meetings.append(Meeting(place: picks.count, baseRow: row, logRow: logRow, logWins: true))
      }
      picks.append(-1 - logRow)
    }
    while from < Int32(count) {
      picks.append(from)
      from &+= 1
    }
    if table.showsDeletes {
      var flags = [Bool](repeating: false, count: picks.count)
      for place in flagged { flags[place] = true }
      deleted = flags
    }
  }

  /// The picks of one column where they differ from those of the whole row: gaps of the winner are
  /// filled from the loser. [MERGE-16]
  func picks(for column: Column, _ place: Int, _ table: LogTable) -> [Int32]? {
    if meetings.isEmpty { return nil }
    let name = table.columns.wanted.fields[place].name
    if table.policy.showsLatestWrite, MetaField(rawValue: name) != nil {
      var changed = picks
      for meeting in meetings { changed[meeting.place] = -1 - meeting.logRow }
      return changed
    }
    let stands = table.stands[place]
    let baseGaps = LogTable.gaps(
      column, table.policy.partialUpdate, table.policy.fillers[name] ?? .null)
    if stands == nil && baseGaps == nil { return nil }
    var changed = picks
    for meeting in meetings {
      if meeting.logWins {
        if let stands, !stands[Int(meeting.logRow)] { changed[meeting.place] = meeting.baseRow }
      } else if let baseGaps, baseGaps[Int(meeting.baseRow)] {
        if stands?[Int(meeting.logRow)] ?? true { changed[meeting.place] = -1 - meeting.logRow }
      }
    }
    return changed
  }
}
