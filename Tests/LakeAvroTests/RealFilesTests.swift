// Every Avro container file in the fixtures: written by Java, read and written again here.
import LakeAvro
import LakeBase
import LakeTestKit
import Testing

@Suite("Avro files of real tables", .enabled(if: Fixtures.arePresent, "no fixtures"))
struct RealFilesTests {
  /// Distinct Avro container files inside the archives of a folder.
  static func containers(_ folder: String) throws -> [(name: String, bytes: Buffer)] {
    var found: [(name: String, bytes: Buffer)] = []
    let root = Fixtures.root + "/" + folder
    for archive in try Fixtures.names(root) where archive.hasSuffix(".zip") {
      let zip = try ZipArchive(root + "/" + archive)
      for name in zip.names where name.contains(".hoodie/") && !name.hasSuffix(".parquet") {
        guard let buffer = try zip.buffer(of: name), buffer.count > 20,
          buffer[0..<4].bytes == [0x4F, 0x62, 0x6A, 0x01]
        else { continue }
        found.append((archive + "!" + name, buffer))
      }
    }
    return found
  }

  @Test(
    "schemas print as Java printed them; data survive a round trip byte for byte",
    .spec("AVRO-2", "AVRO-10", "AVROFILE-1"), arguments: ["hudi", "spark"])
  func roundTrip(folder: String) throws {
    let files = try Self.containers(folder)
    var data = 0
    for (name, buffer) in files {
      do {
        var file = try AvroObjectFile(buffer)
        #expect(file.schema.jsonText == file["avro.schema"]?.text, "\(name)")
        let writer = try AvroWriter(file.schema)
        let reader = try AvroReader(file.schema)
        while let block = try file.nextBlock() {
          var bytes = ByteReader(block.data, code: .avroMalformed)
          let again = GrowingBuffer()
          for _ in 0..<block.count {
            try writer.write(try reader.read(&bytes), to: again)
            data += 1
          }
          #expect(bytes.isAtEnd && again.copy() == block.data, "\(name)")
        }
      } catch {
        Issue.record("\(name): \(error)")
      }
    }
    Fixtures.report("Avro files in \(folder)", cases: files.count)
    #expect(files.count > 100 && data >= files.count / 2)
  }

  static let places = [
    ("\"<table data fields without _hoodie_ meta fields>\"", "{\"name\":\"x\",\"type\":\"long\"}"),
    ("\"<table type of that field>\"", "\"long\""),
  ]

  @Test("the schemas of the format notes parse, print and parse again", .spec("AVRO-1", "AVRO-2"))
  func formatSchemas() throws {
    let folder = Fixtures.format + "/avro"
    let names = try Fixtures.names(folder).filter { $0.hasSuffix(".json") }
    for name in names {
      // Templates have places for a table's own fields and types.
      var text = String(decoding: try Fixtures.bytes(folder + "/" + name), as: UTF8.self)
      for (place, stand) in Self.places {
        guard let range = text.ranges(of: place).first else { continue }
        text.replaceSubrange(range, with: stand)
      }
      let schema = try AvroSchema(json: text)
      let again = try AvroSchema(json: schema.jsonText)
      #expect(again == schema, "\(name)")
      #expect(again.jsonText == schema.jsonText, "\(name)")
    }
    Fixtures.report("schemas of the format notes", cases: names.count)
    #expect(names.count >= 25)
  }

  @Test("commit metadata in Avro reads by name", .spec("AVRO-12"))
  func commitMetadata() throws {
    let path = Fixtures.root + "/commit_metadata/v8_deltacommit.avro"
    var file = try AvroObjectFile(Buffer(try Fixtures.bytes(path)))
    let values = try file.values()
    #expect(values.count == 1)
    let view = try #require(AvroRecordView(values[0], file.schema))
    #expect(view.record.name.fullName == "org.apache.hudi.avro.model.HoodieCommitMetadata")
    let partitions = try #require(view["partitionToWriteStats"].asMap)
    #expect(!partitions.isEmpty)
    #expect(view.string("operationType") != nil)
  }
}
