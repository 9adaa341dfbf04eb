// Spec: 07-log-files. Ordering values of deletes: out of their wrappers, into the table's types.
import LakeBase
import LakeColumns

/// Turns wrapped ordering values into one column per ordering field. [LOG-16]
struct LogOrderingValues {
  /// Types of the table's ordering fields; none where the table has no order.
  let types: [ColumnType]

  private typealias Wrapper = LogDeleteSchema.Wrapper

  /// - Parameter values: a struct with one member a wrapper.
  /// - Returns: a column per type, and the rows that carry an order: neither null nor the Int 0
  ///   that stands for none.
  func read(_ values: Column) throws(LakeError) -> (order: [Column], isOrdered: Bitmap) {
    let count = values.count
    guard case .structure(let members) = values.layout, !types.isEmpty,
      values.nullCount < count
    else { return nothing(count) }
    let kinds = Self.kinds(members, values)
    var isOrdered = [Bool](repeating: false, count: count)
    for row in 0..<count where kinds[row] >= 0 {
      isOrdered[row] = !Self.isNone(members, kinds[row], row)
    }
    guard isOrdered.contains(true) else { return nothing(count) }
    var order: [Column] = []
    for place in types.indices {
      order.append(try column(place, members, kinds, isOrdered))
    }
    return (order, Bitmap(isOrdered))
  }

  private func nothing(_ count: Int) -> ([Column], Bitmap) {
    (types.map { .nulls($0, count: count) }, Bitmap(repeating: false, count: count))
  }

  /// The member that has each row's value; -1 for null.
  private static func kinds(_ members: [Column], _ values: Column) -> [Int] {
    var kinds = [Int](repeating: -1, count: values.count)
    for (kind, member) in members.enumerated() where member.nullCount < member.count {
      for row in 0..<values.count where !values.isNull(row) && !member.isNull(row) {
        kinds[row] = kind
      }
    }
    return kinds
  }

  /// Int 0: the writer knew no order.
  private static func isNone(_ members: [Column], _ kind: Int, _ row: Int) -> Bool {
    guard kind == Wrapper.int.rawValue, case .structure(let parts) = members[kind].layout,
      let value = parts.first
    else { return false }
    return value.value(row, as: Int32.self) == 0
  }

  /// The column of one ordering field: out of arrays where there are several fields.
  private func column(
    _ place: Int, _ members: [Column], _ kinds: [Int], _ isOrdered: [Bool]
  ) throws(LakeError) -> Column {
    let array = Wrapper.array.rawValue
    let rows = kinds.indices.filter { isOrdered[$0] && kinds[$0] == array }
    if types.count > 1,
      let single = kinds.indices.first(where: {
        isOrdered[$0] && kinds[$0] != array
      })
    {
      throw LakeError(
        .logMalformed,
        "delete \(single) has one ordering value; the table orders by \(types.count) fields")
    }
    var plain = kinds
    for row in kinds.indices where !isOrdered[row] || kinds[row] == array { plain[row] = -1 }
    let values = try Self.values(members, plain, types[place])
    if rows.isEmpty { return values }
    let elements = try elements(place, members[array], rows)
    var picks: [Int32] = []
    var next = 0
    for row in kinds.indices {
      if next < rows.count, rows[next] == row {
        picks.append(-1 - Int32(truncatingIfNeeded: next))
        next += 1
      } else {
        picks.append(Int32(truncatingIfNeeded: row))
      }
    }
    return Column.interleave(values, elements, picks)
  }

  /// The elements at `place` of the arrays in `rows`, in the type of that field.
  private func elements(
    _ place: Int, _ array: Column, _ rows: [Int]
  ) throws(LakeError) -> Column {
    guard case .structure(let parts) = array.layout, let list = parts.first,
      case .list(let offsets, let child) = list.layout
    else { throw LakeError(.defect, "an array of ordering values is a list") }
    var indices: [Int32] = []
    for row in rows {
      let start = Self.offset(offsets, row)
      let end = Self.offset(offsets, row + 1)
      guard !list.isNull(row), end - start == types.count else {
        throw LakeError(
          .logMalformed,
          "delete \(row) has \(end - start) ordering values; the table orders by "
            + "\(types.count) fields")
      }
      indices.append(Int32(truncatingIfNeeded: start + place))
    }
    let picked = child.take(indices)
    guard case .structure(let members) = picked.layout else {
      return .nulls(types[place], count: rows.count)
    }
    return try Self.values(members, Self.kinds(members, picked), types[place])
  }

  private static func offset(_ offsets: Buffer, _ row: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(offsets[row * 4 + $1]) << (8 * $1) }
  }

  /// One value a row out of the member that has it, as `type`; null where `kinds` is -1.
  private static func values(
    _ members: [Column], _ kinds: [Int], _ type: ColumnType
  ) throws(LakeError) -> Column {
    var result: Column?
    for kind in Set(kinds).sorted() where kind >= 0 {
      guard case .structure(let parts) = members[kind].layout, let value = parts.first else {
        continue
      }
      let valid = Bitmap(kinds.map { $0 == kind })
      let masked = Column(value.type, count: value.count, validity: valid, layout: value.layout)
      let converted: Column
      do { converted = try convert(masked, to: type) } catch {
        throw LakeError(
          .schemaMismatch, "an ordering value of a delete: \(error.message)")
      }
      guard let before = result else {
        result = converted
        continue
      }
      let picks = kinds.indices.map { row in
        kinds[row] == kind ? -1 - Int32(row) : Int32(row)
      }
      result = Column.interleave(before, converted, picks)
    }
    return result ?? .nulls(type, count: kinds.count)
  }

  /// Whole numbers become dates, times and moments as the ticks of the table's column.
  private static func convert(_ values: Column, to type: ColumnType) throws(LakeError) -> Column {
    switch (values.type, type) {
    case (.int32, .date), (.int64, .date): return relabel(try values.cast(to: .int32), type)
    case (.int32, .timestamp), (.int64, .timestamp):
      return relabel(try values.cast(to: .int64), type)
    case (.int32, .time), (.int64, .time):
      return relabel(try values.cast(to: type.fixedWidth == 4 ? .int32 : .int64), type)
    case (.timestamp(_, let utc), .timestamp(let unit, _)):
      return relabel(try values.cast(to: .timestamp(unit, utc: utc)), type)
    default: return try values.cast(to: type)
    }
  }

  private static func relabel(_ column: Column, _ type: ColumnType) -> Column {
    Column(
      type, count: column.count, validity: column.validity, nullCount: column.nullCount,
      layout: column.layout)
  }
}
