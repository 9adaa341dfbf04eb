// Parquet: a footer alone, and whole files.
import LakeBase
import LakeColumns
import LakeParquet

enum FuzzParquet {
  private static let magic = Array("PAR1".utf8)

  /// The input is the Thrift footer; the file around it is made here.
  static func footer(_ input: Buffer) throws(LakeError) {
    let file = GrowingBuffer()
    file.append(magic)
    file.append([UInt8](repeating: 0, count: 256))
    file.append(input)
    file.append(littleEndian: UInt32(input.count))
    file.append(magic)
    try read(file.take())
  }

  /// The input is a whole file.
  static func chunks(_ input: Buffer) throws(LakeError) { try read(input) }

  private static func read(_ bytes: Buffer) throws(LakeError) {
    var options = ParquetReadOptions()
    options.memoryBudget = 64 << 20
    options.batchRows = 1000
    options.limits.pageBytesMax = 16 << 20
    let file = try ParquetFile(BufferSource(bytes), options)
    var batches = try file.batches()
    var rows = 0
    while rows < 100_000, let batch = try batches.next() {
      for column in batch.columns { precondition(column.count == batch.count) }
      rows += batch.count
    }
    for group in file.metadata.rowGroups.indices.prefix(4) {
      for leaf in file.parquetSchema.leaves.indices.prefix(64) {
        _ = try file.columnIndex(rowGroup: group, leaf: leaf)
        _ = try file.offsetIndex(rowGroup: group, leaf: leaf)
        _ = try file.bloomFilter(rowGroup: group, leaf: leaf)
      }
    }
  }
}
