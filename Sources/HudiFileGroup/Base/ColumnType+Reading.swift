// Spec: 12-queries. Which types a file's column may have beside the table's: a schema that changed
// otherwise is refused, whatever the values are.
import LakeColumns

extension ColumnType {
  /// Whether values of this type, which is no list, map or struct, are read as `other`: where it is
  /// a promotion, or another spelling of the same values. [BASE-30]
  func isRead(as other: ColumnType) -> Bool {
    if canBecome(other) { return true }
    switch (self, other) {
    // Values that need more digits are refused one by one.
    case (.int8, .decimal), (.int16, .decimal), (.int32, .decimal), (.int64, .decimal): return true
    case (.string, .decimal): return true
    // Units differ between formats; ticks that would be lost are refused one by one.
    case (.time, .time): return true
    case (.timestamp(_, let utc), .timestamp(_, let other)): return utc == other
    default: return false
    }
  }
}
