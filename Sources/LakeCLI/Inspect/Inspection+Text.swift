// Spec: 16-command-line. Avro containers, instant files, properties, markers: what they say.
import HudiModel
import LakeAvro
import LakeBase
import LakeColumns

extension Inspection {
  /// The blocks of a container; with one record of metadata the record itself.
  mutating func readAvro(_ source: any ByteSource, _ world: World) {
    step { (found) throws(LakeError) in
      var file = try AvroObjectFile(source, limits: world.limits)
      let name = file.schema.asRecord?.name.fullName ?? file.schema.typeName
      found.page.add("record", .text(name))
      found.page.add("codec", .text(file.codec.name))
      found.page.add("fields", .count(file.schema.asRecord?.fields.count))
      found.page.add("sync", .text(Hex.text(file.syncMarker)))
      var listing = Listing("block", [.right("offset"), .right("records"), .right("bytes")])
      var records = 0
      var failure: LakeError?
      do throws(LakeError) {
        while let block = try file.nextBlock() {
          try world.cancellation.check()
          records &+= block.count
          listing.rows.append([.count(block.offset), .count(block.count), .bytes(block.data.count)])
        }
      } catch { failure = error }
      found.page.add("records", .count(records))
      found.page.add("blocks", .count(listing.rows.count))
      found.listings.append(listing)
      if let failure { throw failure }
      guard name.hasPrefix("org.apache.hudi."), records == 1,
        source.count <= world.limits.instantBytesMax
      else { return }
      found.content = try InstantContent.tree(
        of: try source.read(0..<source.count), limits: world.limits)
    }
  }

  /// A JSON text: commit metadata of layout 1, manifests, schema histories.
  mutating func readJSON(_ source: any ByteSource, _ world: World) {
    step { (found) throws(LakeError) in
      let bytes = try Self.small(source, world)
      found.content = try JSONReader.parse(bytes, duplicateNames: .kept, limits: world.limits)
    }
  }

  /// Keys and values, and whether the table's checksum fits.
  mutating func readProperties(_ source: any ByteSource, _ world: World) {
    step { (found) throws(LakeError) in
      let bytes = try Self.small(source, world)
      let properties = try Properties(parsing: bytes, limits: world.limits)
      var listing = Listing("property", [.left("key"), .left("value")])
      for entry in properties.entries {
        listing.rows.append([.text(entry.key), .text(entry.value)])
      }
      found.page.add("properties", .count(properties.count))
      found.listings.append(listing)
      if found.kind == .partition {
        let metadata = try PartitionMetadata(parsing: bytes, limits: world.limits)
        found.page.add("commitTime", .text(metadata.commitTime.text), label: "commit time")
        found.page.add("depth", .count(metadata.depth))
      }
    }
  }

  /// A marker is its name; a batch of markers has one on each line.
  mutating func readMarkers(_ source: any ByteSource, _ name: String, _ world: World) {
    if name == MarkerName.typeFileName {
      return step { (found) throws(LakeError) in
        found.page.add("keeping", .text(try Self.small(source, world).lossyText))
      }
    }
    var listing = Listing("marker", [.left("partition"), .left("file"), .left("kind")])
    step { (found) throws(LakeError) in
      var lines = [name]
      if found.kind == .markers {
        lines = try Self.small(source, world).lossyText.split(separator: "\n").map(String.init)
      }
      defer { found.listings.append(listing) }
      for line in lines {
        let marker = try MarkerName(parsing: line)
        listing.rows.append([
          .text(marker.partition.text), .text(marker.fileName), .text(marker.kind.rawValue),
        ])
      }
    }
  }

  /// What the name of an instant's file says.
  mutating func addInstant(_ name: String) {
    guard case .instant(let instant) = InstantFileName(name, .two) else { return }
    page.add("instant", .text(instant.requested.text))
    page.add("completion", .text(instant.completed?.text))
    page.add("action", .text(instant.action.rawValue))
    page.add("state", .text(instant.state.description))
  }

  private static func small(_ source: any ByteSource, _ world: World) throws(LakeError) -> Buffer {
    guard source.count <= world.limits.instantBytesMax else {
      throw LakeError(
        .limitExceeded,
        "\(source.count) bytes of text, at most \(world.limits.instantBytesMax) are read at once")
    }
    return try source.read(0..<source.count)
  }
}
