// Spec: 16-command-line, 08-hfile. The blocks of an HFile and what they hold.
import LakeBase
import LakeCodecs
import LakeHFile

extension Inspection {
  /// Trailer, file info, meta blocks, data blocks with their first keys.
  mutating func readHFile(_ source: any ByteSource, _ world: World) {
    step { (found) throws(LakeError) in
      let file = try HFile(source, limits: world.limits)
      found.page.add("entries", .count(file.entryCount))
      found.page.add("blocks", .count(file.blocks.count))
      found.page.add("levels", .count(file.trailer.indexLevels), label: "index levels")
      found.page.add("codec", .text(codecName(file.trailer.codec)))
      var info = Listing("info", [.left("name"), .left("value")])
      for entry in file.info { info.rows.append([.text(entry.name), value(entry.value)]) }
      found.listings.append(info)
      var meta = Listing("meta", [.left("name"), .right("offset"), .right("bytes")])
      for place in file.metaBlocks {
        meta.rows.append([.text(place.key.lossyText), .count(place.offset), .bytes(place.size)])
      }
      found.listings.append(meta)
      var blocks = Listing(
        "block",
        [
          .right("block"), .right("offset"), .right("bytes"), .right("entries"), .left("firstKey"),
          .left("lastKey"),
        ])
      defer { found.listings.append(blocks) }
      var total = 0
      for (index, place) in file.blocks.enumerated() {
        try world.cancellation.check()
        let entries = try file.entries(block: index)
        total += entries.count
        let last = entries.isEmpty ? Cell.absent : value(entries.key(entries.count - 1))
        blocks.rows.append([
          .count(index), .count(place.offset), .bytes(place.size), .count(entries.count),
          entries.isEmpty ? .absent : value(entries.key(0)), last,
        ])
      }
      guard total == file.entryCount else {
        throw LakeError(
          .hfileMalformed, "\(total) entries in the blocks, \(file.entryCount) by the trailer")
      }
    }
  }
}

/// Bytes as text where they are text, else hexadecimal.
private func value(_ bytes: Buffer) -> Cell {
  let isText = UTF8Bytes.firstInvalid(bytes) == nil && !bytes.bytes.contains { $0 < 0x20 }
  let text = isText ? bytes.lossyText : Hex.text(bytes)
  return Cell(shown: HumanText.fitted(HumanText.safe(text), 48), plain: text, json: .text(text))
}

/// The writer's number for the codec of the blocks.
private func codecName(_ number: Int) -> String {
  let names = ["LZO", "GZ", "NONE", "SNAPPY", "LZ4", "BZIP2", "ZSTD"]
  return names.indices.contains(number) ? names[number] : "codec \(number)"
}
