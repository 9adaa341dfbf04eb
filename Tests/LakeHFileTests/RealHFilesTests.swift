// Files of other programs: HBase's, and the metadata tables of the fixture tables.
import LakeBase
import LakeHFile
import LakeTestKit
import Testing

extension HFileSuite {
  @Suite("Real files", .enabled(if: Fixtures.arePresent, "no fixtures here"))
  struct RealFiles {
    static let names = [
      ("hudi_1_0_hbase_2_4_13_1KB_GZ_20000_large_keys.hfile", 20_000),
      ("hudi_1_0_hbase_2_4_9_16KB_GZ_20000.hfile", 20_000),
      ("hudi_1_0_hbase_2_4_9_16KB_GZ_200_20_non_unique.hfile", 4_200),
      ("hudi_1_0_hbase_2_4_9_16KB_NONE_5000.hfile", 5_000),
      ("hudi_1_0_hbase_2_4_9_64KB_NONE_5000.hfile", 5_000),
      ("hudi_1_0_hbase_2_4_9_no_entry.hfile", 0),
    ]

    @Test("HBase's files, read to the end and looked up", .spec("HFILE-1", "HFILE-8"))
    func hbase() throws {
      for (name, count) in Self.names {
        let bytes = try Fixtures.bytes("\(Fixtures.root)/hfile/\(name)")
        let source = CountingSource(bytes)
        let file = try HFile(source)
        let all = try file.everything()
        #expect(file.entryCount == all.count, "\(name)")
        print(
          "fixtures: \(name): \(all.count) entries, \(file.blocks.count) blocks,",
          "\(file.trailer.indexLevels) levels")
        #expect(all.count == count, "\(name)")
        var firsts: [Buffer] = []
        for (index, entry) in all.enumerated() where index == 0 || all[index - 1].key != entry.key {
          if firsts.count % 97 == 0 || index > all.count - 30 {
            let before = source.reads
            #expect(try file.find(entry.key) == entry.value, "\(name) \(index)")
            #expect(source.reads - before == 1)
          }
          firsts.append(entry.key)
        }
        let before = source.reads
        let found = try file.find(sorted: firsts)
        #expect(found.allSatisfy { $0 != nil } && source.reads - before == file.blocks.count)
      }
      Fixtures.report("HFiles of HBase", cases: Self.names.count)
    }

    @Test("base files and log blocks of the metadata tables", .spec("HFILE-1", "HFILE-3"))
    func metadataTables() throws {
      var bases = 0
      var blocks = 0
      var keys = 0
      try Fixtures.forEachTable { table, archive in
        guard table.isMetadataTable else { return }
        for name in table.names where !name.hasPrefix(".hoodie/") {
          if name.hasSuffix(".hfile") {
            let file = try HFile(
              BufferSource(try #require(try archive.buffer(of: table.root + name))))
            let all = try file.everything()
            keys += all.count
            bases += 1
            #expect(file[info: "schema"]?.text?.contains("HoodieMetadataRecord") == true)
            #expect(file[info: "minRecordKey"] == all.first?.key ?? Buffer(), "\(name)")
            #expect(file[info: "maxRecordKey"] == all.last?.key ?? Buffer(), "\(name)")
            #expect(try file.metaBlock("bloomFilter") != nil || all.isEmpty, "\(name)")
            for index in stride(from: 0, to: all.count, by: 7) {
              #expect(try file.find(all[index].key) == all[index].value)
            }
          } else if name.contains(".log.") {
            for content in Self.contents(try #require(try archive.buffer(of: table.root + name))) {
              let file = try HFile(BufferSource(content))
              let all = try file.everything()
              keys += all.count
              blocks += 1
              #expect(file[info: "schema"]?.text?.contains("HoodieMetadataRecord") == true)
              for entry in all { #expect(try file.find(entry.key) == entry.value) }
            }
          }
        }
      }
      #expect(bases >= 164 && blocks > 400)
      Fixtures.report("HFiles of metadata tables: bases \(bases), blocks \(blocks)", cases: keys)
    }

    /// The HFiles inside a log file: what lies between a content's length and its trailer.
    static func contents(_ log: Buffer) -> [Buffer] {
      let bytes = log.bytes
      func places(_ text: String) -> [Int] {
        let magic = Array(text.utf8)
        return bytes.indices.dropLast(8).filter {
          bytes[$0] == magic[0] && Array(bytes[$0..<$0 + 8]) == magic
        }
      }
      let starts = places("DATABLK*") + places("IDXROOT2")
      return places("TRABLK\"$").compactMap { trailer in
        let end = trailer + 4_096
        let start = starts.first { start in
          guard start >= 8, start < trailer else { return false }
          let length = bytes[start - 8..<start].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
          return length == UInt64(end - start)
        }
        return start.map { log[$0..<end] }
      }
    }

    struct Vector {
      var bytes: [UInt8]
      var entries: [(String, String)]
      var info: [(String, String)]
    }

    static func vectors() throws -> [Vector] {
      let text = try Fixtures.bytes("\(Fixtures.format)/vectors/hfile-tiny.json")
      let json = try JSONReader.parse(Buffer(text))
      var vectors: [Vector] = []
      for file in json["files"]?.array ?? [] {
        var bytes = Hex.bytes(file["hexBeforeTrailer"]?.string ?? "") ?? []
        let start = bytes.count
        bytes += Hex.bytes(file["trailerHexPrefix"]?.string ?? "") ?? []
        bytes += [UInt8](repeating: 0, count: start + 4_092 - bytes.count)
        bytes += [3, 0, 0, 3]
        var vector = Vector(bytes: bytes, entries: [], info: [])
        for entry in file["entries"]?.array ?? [] {
          vector.entries.append((entry["key"]?.string ?? "?", entry["valueUtf8"]?.string ?? "?"))
        }
        for member in file["fileInfo"]?.object ?? [] {
          vector.info.append((member.name, member.value.string ?? "?"))
        }
        vectors.append(vector)
      }
      return vectors
    }

    @Test("the two files worked out by hand", .spec("HFILE-1", "HFILE-3", "HFILE-7"))
    func vector() throws {
      let vectors = try Self.vectors()
      #expect(vectors.count == 2)
      for vector in vectors {
        let file = try HFile(BufferSource(Buffer(vector.bytes)))
        let all = try file.everything()
        #expect(all.map { $0.key.lossyText } == vector.entries.map(\.0))
        #expect(all.map { $0.value.lossyText } == vector.entries.map(\.1))
        #expect(file.trailer.minorVersion == 3 && file.trailer.codec == 2)
        #expect(file.trailer.fileInfoOffset == 230 && file.trailer.loadOnOpenOffset == 126)
        #expect(file.info.count == vector.info.count)
        for (name, hex) in vector.info {
          #expect(file[info: name].map { Hex.text($0.bytes) } == hex, "\(name)")
        }
      }
      Fixtures.report("tiny HFiles", cases: vectors.count)
    }

    /// No checksum covers the first file; every reading must at least end in good order.
    @Test("every bit of the tiny files flipped", .spec("HFILE-10"))
    func flips() throws {
      for vector in try Self.vectors() {
        for place in 0..<vector.bytes.count {
          for bit in 0..<8 {
            var bad = vector.bytes
            bad[place] ^= 1 << bit
            guard let file = try? HFile(BufferSource(Buffer(bad))) else { continue }
            _ = try? file.everything()
            _ = try? file.find(Buffer(utf8: "banana"))
          }
        }
      }
    }
  }
}
