// The reader of fixture archives, held against archives that other programs wrote.
import LakeTestKit
import Testing

@Suite("Zip archives of fixtures")
struct ZipArchiveTests {
  @Test("every fixture archive opens", .enabled(if: Fixtures.arePresent, "no fixtures"))
  func opens() throws {
    var files = 0
    for folder in ["hudi", "spark"] {
      let names = try Fixtures.names(Fixtures.root + "/" + folder).filter { $0.hasSuffix(".zip") }
      for name in names {
        files += try ZipArchive(Fixtures.root + "/" + folder + "/" + name).names.count
      }
    }
    Fixtures.report("files in archives", cases: files)
    #expect(files > 10_000)
  }

  @Test("a table's properties unpack", .enabled(if: Fixtures.arePresent, "no fixtures"))
  func unpacks() throws {
    let zip = try ZipArchive(Fixtures.root + "/hudi/cow-v6_nonpartitioned.zip")
    let name = try #require(zip.names.first { $0.hasSuffix(".hoodie/hoodie.properties") })
    let bytes = try #require(try zip.bytes(of: name))
    #expect(String(decoding: bytes, as: UTF8.self).contains("hoodie.table.version=6"))
  }
}
