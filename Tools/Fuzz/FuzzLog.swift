// Log files: frames, headers, rows of every kind, deletes with their orders, record positions.
import HudiFileGroup
import LakeBase
import LakeColumns

enum FuzzLog {
  private static let orders: [[ColumnType]] = [
    [], [.int64], [.string], [.int64, .int32], [.decimal(precision: 12, scale: 2)], [.date],
    [.timestamp(.micro, utc: true)], [.float64, .string],
  ]

  /// The first byte chooses the ordering types and whether commits recorded the file.
  static func run(_ input: Buffer) throws(LakeError) {
    guard input.count > 1 else { return }
    let bytes = input[1..<input.count]
    let choice = Int(input[0])
    var limits = Limits()
    limits.avroBlockBytesMax = 4 << 20
    limits.zeroSizeItemsMax = 10_000
    limits.logPositionsMax = 1 << 20
    let whole = 0..<bytes.count
    let file = try LogFileReader(
      BufferSource(bytes), path: "fuzz", committed: choice & 8 == 0 ? [] : [whole],
      limits: limits)
    var end = 0
    for block in try file.allBlocks() {
      precondition(block.offset == end && block.length > 0, "blocks lie back to back")
      end += block.length
      do throws(LakeError) { try read(block, file, orders[choice & 7]) } catch {
        precondition(error.path == "fuzz", "an error names its file")
      }
    }
    precondition(end == bytes.count, "blocks cover the file")
  }

  private static func read(
    _ block: LogBlock, _ file: LogFileReader, _ order: [ColumnType]
  ) throws(LakeError) {
    var entries = 0
    switch block.type {
    case .command, .corrupt: return
    case .delete:
      var reader = try LogDeletesReader(file, block, ordering: order)
      while let deletes = try reader.next() {
        precondition(deletes.keys.count <= RecordBatch.targetRows)
        precondition(deletes.order.map(\.type) == order, "an order has the table's types")
        for column in deletes.order { precondition(column.count == deletes.keys.count) }
        entries += deletes.keys.count
      }
    default:
      var reader = try LogRowsReader(file, block)
      while entries < 100_000, let batch = try reader.next() {
        for column in batch.columns { precondition(column.count == batch.count) }
        entries += batch.count
      }
    }
    if let positions = try file.positions(of: block, atMost: entries) {
      precondition(positions.count <= entries)
      for index in positions.indices.dropFirst() {
        precondition(positions[index - 1] < positions[index], "positions ascend")
      }
    }
  }
}
