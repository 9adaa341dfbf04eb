// Brings a small table into a described state through the real write path.
import Lake
import LakeTestKit

/// A row of the small table: key, partition, value, ordering.
public struct Trip: Sendable, Hashable, Comparable {
  public var id: String
  public var city: String
  public var fare: Int64?
  public var order: Int64
  public var isDeleted: Bool

  public init(
    _ id: String, _ city: String, _ fare: Int64?, _ order: Int64 = 1, isDeleted: Bool = false
  ) {
    self.id = id
    self.city = city
    self.fare = fare
    self.order = order
    self.isDeleted = isDeleted
  }

  public static func < (left: Trip, right: Trip) -> Bool {
    (left.city, left.id, left.fare ?? Int64.min, left.order)
      < (right.city, right.id, right.fare ?? Int64.min, right.order)
  }
}

/// A table of trips in memory, or on any storage.
public struct TripTable {
  public static let schema = Schema([
    Field("id", .string, nullable: false), Field("city", .string), Field("fare", .int64),
    Field("ord", .int64),
  ])

  public let table: LakeTable

  public init(
    _ storage: any Storage = MemoryStorage(), world: World = TestWorld.make(),
    _ change: (inout TableOptions) -> Void = { _ in }
  ) throws(LakeError) {
    var options = TableOptions()
    options.name = "trips"
    options.keyFields = ["id"]
    options.partitionFields = ["city"]
    options.orderingFields = ["ord"]
    change(&options)
    table = try LakeTable.create(storage, try options.config(), world)
  }

  public init(opening storage: any Storage, world: World = TestWorld.make()) throws(LakeError) {
    table = try LakeTable.open(storage, world)
  }

  public static func batch(_ trips: [Trip]) throws(LakeError) -> RecordBatch {
    let marks = trips.contains { $0.isDeleted }
    let fields = schema.fields + (marks ? [Field(MetaField.isDeleted, .bool)] : [])
    let builder = BatchBuilder(Schema(fields))
    for trip in trips {
      var row: [Scalar] = [
        .string(trip.id), .string(trip.city), trip.fare.map { .int($0) } ?? .null,
        .int(trip.order),
      ]
      if marks { row.append(.bool(trip.isDeleted)) }
      try builder.append(row)
    }
    return builder.finish()
  }

  @discardableResult
  public func commit(
    _ operation: WriteOperation, _ trips: [Trip], _ change: (inout WriteOptions) -> Void = { _ in }
  ) throws(LakeError) -> CommitReport {
    var options = WriteOptions()
    change(&options)
    let batch = try Self.batch(trips)
    return try table.commit(operation, MemoryBatches(batch.schema, [batch]), options)
  }

  /// The rows of the newest snapshot, or as of an instant, sorted.
  public func trips(asOf: InstantTime? = nil) throws(LakeError) -> [Trip] {
    let snapshot = try Snapshot(table.context, asOf: asOf)
    var scan = try SnapshotScan(snapshot, ScanOptions(columns: Self.schema.fields.map(\.name)))
    var trips: [Trip] = []
    while let batch = try scan.next() {
      for row in 0..<batch.count {
        let fare = batch.columns[2].scalar(row)
        var value: Int64?
        if case .int(let number) = fare { value = number }
        trips.append(
          Trip(
            batch.columns[0].string(row), batch.columns[1].string(row), value,
            batch.columns[3].value(row, as: Int64.self)))
      }
    }
    return trips.sorted()
  }

  /// All columns with the meta columns as text, one line a row, in the order of the scan.
  public func lines(_ columns: [String]) throws(LakeError) -> [String] {
    var scan = try table.scan(ScanOptions(columns: columns))
    var lines: [String] = []
    while let batch = try scan.next() {
      for row in 0..<batch.count {
        lines.append(batch.columns.map { "\($0.scalar(row).brief)" }.joined(separator: "|"))
      }
    }
    return lines
  }

  public func slices() throws(LakeError) -> [FileSlice] { try table.files() }
}

extension Scalar {
  /// The value without its case, for comparisons in tests.
  public var brief: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .uint(let value): "\(value)"
    case .float(let value): "\(value)"
    case .double(let value): "\(value)"
    case .decimal(let value): "\(value)"
    case .string(let value): value
    case .binary(let value): "\(value)"
    case .list(let values), .structure(let values):
      "[" + values.map(\.brief).joined(separator: ",") + "]"
    case .map(let pairs): "\(pairs.map { [$0.key.brief, $0.value.brief] })"
    }
  }
}
