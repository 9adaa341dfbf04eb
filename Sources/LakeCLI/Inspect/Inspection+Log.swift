// Spec: 16-command-line, 07-log-files. The blocks of a log file.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeHFile

extension Inspection {
  /// Frames and headers of all blocks, how many entries each has, and with `verify` the entries
  /// decoded.
  mutating func readLog(
    _ source: any ByteSource, _ path: String, verify: Bool, _ world: World
  ) {
    step { (found) throws(LakeError) in
      let file = try LogFileReader(source, path: path, limits: world.limits)
      var listing = Listing(
        "block",
        [
          .right("offset"), .right("bytes"), .left("blockType"), .left("instant"),
          .right("entries"), .right("positions"), .left("positionsBase"), .left("target"),
          .left("compacted"), .left("partial"), .left("schema"),
        ])
      var entries = 0
      var corrupt = 0
      defer {
        found.page.add("blocks", .count(listing.rows.count))
        found.page.add("entries", .count(entries))
        found.page.add("corruptBlocks", .count(corrupt), label: "corrupt")
        found.listings.append(listing)
      }
      var blocks = file.blocks()
      while let block = try blocks.next() {
        try world.cancellation.check()
        if block.type == .corrupt { corrupt += 1 }
        let place = listing.rows.count
        listing.rows.append(Self.cells(block, nil, nil))
        guard let count = try Self.entries(file, block, verify) else { continue }
        let positions = try file.positions(of: block, atMost: count)
        listing.rows[place] = Self.cells(block, count, positions?.count)
        entries += count
      }
    }
  }

  private static func cells(_ block: LogBlock, _ count: Int?, _ positions: Int?) -> [Cell] {
    let schema = block.header[.schema]
    let name = schema.flatMap { try? AvroName(of: $0) }
    return [
      .count(block.offset), .bytes(block.length), .text(block.type.name),
      .text(block.header[.instantTime]), .count(count), .count(positions),
      .text(block.header[.positionsBaseInstant]), .text(block.header[.targetInstantTime]),
      block.compacted.isEmpty ? .absent : .list(block.compacted.map(\.text)),
      block.isPartial ? .bool(true) : .absent,
      Cell(shown: name?.text ?? "", plain: name?.text ?? "", json: .text(schema)),
    ]
  }

  /// How many entries a block has; nil for commands and damage.
  private static func entries(
    _ file: LogFileReader, _ block: LogBlock, _ verify: Bool
  ) throws(LakeError) -> Int? {
    switch block.type {
    case .command, .corrupt: return nil
    case .avroData, .parquetData, .cdcData:
      var rows = try LogRowsReader(file, block)
      if verify { while try rows.next() != nil {} }
      return rows.rowCount
    case .delete:
      var deletes = try LogDeletesReader(file, block, ordering: [])
      while try deletes.next() != nil {}
      return deletes.entryCount
    case .hfileData:
      let content = try file.content(of: block)
      do throws(LakeError) {
        let inner = try HFile(BufferSource(content), limits: file.limits)
        var scan = inner.scan()
        if verify { while try scan.next() != nil {} }
        return inner.entryCount
      } catch { throw error.shifted(by: block.content.lowerBound) }
    }
  }
}

/// The full name of a record schema, without reading the whole schema as one.
private struct AvroName {
  let text: String

  init(of schema: String) throws(LakeError) {
    let tree = try JSONReader.parse(schema, duplicateNames: .kept)
    let space = tree["namespace"]?.string.map { $0 + "." } ?? ""
    text = space + (tree["name"]?.string ?? "")
  }
}

extension LogBlockType {
  /// The format's own name.
  var name: String {
    switch self {
    case .command: "COMMAND_BLOCK"
    case .delete: "DELETE_BLOCK"
    case .corrupt: "CORRUPT_BLOCK"
    case .avroData: "AVRO_DATA_BLOCK"
    case .hfileData: "HFILE_DATA_BLOCK"
    case .parquetData: "PARQUET_DATA_BLOCK"
    case .cdcData: "CDC_DATA_BLOCK"
    }
  }
}
