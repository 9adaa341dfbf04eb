// Names to values and back, and names that are none.
import HudiModel
import LakeBase
import LakeTestKit
import Testing

@Suite struct NameTests {
  private let id = "07838327-b037-4532-a9df-3c5b05dd823d-0"

  @Test("File ids", .spec("NAME-1"))
  func fileIDs() throws {
    for text in ["files-0000-0", id, "00000077-0000-0000-0000-000000000000-0"] {
      #expect(try FileID(text).text == text)
    }
    for text in ["", "a_b", "a.b", "a/b", "a\u{0}", String(repeating: "x", count: 256)] {
      let error = #expect(throws: LakeError.self) { try FileID(text) }
      #expect(error?.code == .fileNameMalformed)
    }
    #expect(FileID.random(SeededRandom(1)).text.utf8.count == 38)
    #expect(FileID.random(SeededRandom(1)) == FileID.random(SeededRandom(1)))
    #expect(try FileID(id).prefix == "07838327-b037-4532-a9df-3c5b05dd823d")
  }

  @Test("Write tokens", .spec("NAME-2"))
  func tokens() {
    #expect(WriteToken(task: 3, stage: 52, attempt: 126).text == "3-52-126")
    #expect(WriteToken("0-52-126")?.text == "0-52-126")
    for text in ["", "1", "1-2", "1-2-3-4", "1--3", "a-1-2", "1-2-"] {
      #expect(WriteToken(text) == nil, "\(text)")
    }
    // As text: 10 before 9.
    #expect(WriteToken(task: 10) < WriteToken(task: 9))
  }

  @Test("Base file names", .spec("NAME-3"))
  func bases() throws {
    let text = "\(id)_0-52-126_20260307162440672.parquet"
    let name = try BaseFileName(parsing: text)
    #expect(name.fileID.text == id && name.token.text == "0-52-126")
    #expect(name.instant.text == "20260307162440672" && name.format == .parquet)
    #expect(name.text == text)
    #expect(BaseFileName("files-0000-0_1-2-3_20260101000000000.hfile")?.format == .hfile)
    for bad in [
      "\(id)_0-52-126_20260307162440672", "\(id)_0-52-126_2026030716x440672.parquet",
      "\(id)_0-52_20260307162440672.parquet", "_0-52-126_20260307162440672.parquet",
      "\(id)_0-52-126_20260307162440672.parquet.crc", ".\(id)_0-52-126_20260307162440672.parquet",
      "\(id)_0-52-126_1_20260307162440672.parquet", "\(id)_0-52-126_20260307162440672.txt", "",
    ] {
      #expect(BaseFileName(bad) == nil, "\(bad)")
      let error = #expect(throws: LakeError.self) { try BaseFileName(parsing: bad) }
      #expect(error?.code == .fileNameMalformed)
    }
  }

  @Test("Log file names", .spec("NAME-4", "NAME-5"))
  func logs() throws {
    let text = ".\(id)_20260307135830801.log.1_0-10-23"
    let log = try LogFileName(parsing: text)
    #expect(log.text == text && log.version == 1 && !log.isCDC)
    let change = try LogFileName(parsing: text + ".cdc")
    #expect(change.isCDC && change.text == text + ".cdc")
    #expect(LogFileName(".\(id)_20260307135830801.log.12")?.token == nil)
    for bad in [
      ".commits_.archive.1_1-0-1", ".\(id)_20260307135830801.log.", ".\(id)_x.log.1_0-1-2",
      ".\(id)_20260307135830801.log.01_0-1-2", ".\(id)_20260307135830801.log.1_0-1",
      ".\(id)_20260307135830801.log.99999999999999999999_0-1-2", "\(id)_2026.log.1_0-1-2",
      ".\(id)_20260307135830801.log.1_0-1-2.crc", ".\(id)_20260307135830801.log.1.cdc",
    ] {
      #expect(LogFileName(bad) == nil, "\(bad)")
      #expect(throws: LakeError.self) { try LogFileName(parsing: bad) }
    }
  }

  @Test("The order of log files", .spec("NAME-6"))
  func logOrder() throws {
    let ordered = [
      ".a-0_20260101000000000.log.2_0-1-1", ".a-0_20260101000000000.log.10_0-1-1",
      ".a-0_20260101000000000.log.10_0-1-2", ".a-0_20260101000000000.log.10_0-1-2.cdc",
      ".a-0_20260101000000001.log.1_0-1-1",
    ]
    let names = try ordered.map { try LogFileName(parsing: $0) }
    #expect(names.reversed().sorted().map(\.text) == ordered)
  }

  @Test("What a name in a partition is", .spec("NAME-7"))
  func kinds() {
    #expect(DataFileName(".hoodie_partition_metadata") == .partitionMetadata)
    #expect(DataFileName(".hoodie_partition_metadata.parquet") == .partitionMetadata)
    for name in ["_SUCCESS", ".DS_Store", "x.parquet", "a.log", ".a_b.log.x", "v1.tmp", ""] {
      #expect(DataFileName(name) == .foreign, "\(name)")
    }
  }

  @Test("Markers", .spec("NAME-8"))
  func markers() throws {
    let file = "\(id)_0-52-126_20260307162440672.parquet"
    let marker = try MarkerName(parsing: "region=eu/day=1/\(file).marker.CREATE")
    #expect(marker.partition.text == "region=eu/day=1" && marker.fileName == file)
    #expect(marker.kind == .create && marker.text == "region=eu/day=1/\(file).marker.CREATE")
    #expect(try MarkerName(parsing: "\(file).marker.MERGE").partition.isNone)
    for bad in ["\(file).marker", "\(file).marker.SMALL", ".marker.CREATE", "a/.marker.MERGE", ""] {
      let error = #expect(throws: LakeError.self) { try MarkerName(parsing: bad) }
      #expect(error?.code == .fileNameMalformed)
    }
    let error = #expect(throws: LakeError.self) {
      try MarkerName(parsing: "../x/\(file).marker.CREATE")
    }
    #expect(error?.code == .pathInvalid)
    #expect(MarkerName.isBatch("MARKERS0") && MarkerName.isBatch("MARKERS31"))
    #expect(!MarkerName.isBatch("MARKERS") && !MarkerName.isBatch("MARKERS.type"))
  }

  @Test("Partition paths stay inside the table (H9)", .spec("NAME-9"))
  func partitions() throws {
    for text in ["", "a", "region=eu/day=1", "%2e%2e", "a b", "ü", "a\\b", "...", "..a"] {
      #expect(try PartitionPath(text).text == text)
    }
    for text in [
      "..", ".", "a/../b", "/a", "a/", "a//b", "a/./b", "a\u{0}b", ".hoodie", ".hoodie/metadata",
      String(repeating: "x", count: 256), String(repeating: "x/", count: 2100) + "x",
    ] {
      let error = #expect(throws: LakeError.self) { try PartitionPath(text) }
      #expect(error?.code == .pathInvalid)
    }
    #expect(try PartitionPath("a/b/c").depth == 3 && PartitionPath.none.depth == 0)
    #expect(PartitionPath.none.appending("f") == "f")
    #expect(try PartitionPath("a").appending("f") == "a/f")
  }

  @Test("Partition metadata", .spec("NAME-10"))
  func partitionMetadata() throws {
    let metadata = PartitionMetadata(
      commitTime: try InstantTime(parsing: "20260307162557587"), depth: 1)
    let bytes = metadata.encode(now: 1_772_900_761_000)
    // The time zone is spelled in three letters as in the file described in the format notes.
    #expect(
      bytes.text
        == "#partition metadata\n#Sat Mar 07 16:26:01 UTC 2026\ncommitTime=20260307162557587\n"
        + "partitionDepth=1\n")
    #expect(bytes.count == 96)
    #expect(try PartitionMetadata(parsing: bytes) == metadata)
    for text in [
      "", "commitTime=x\npartitionDepth=1", "commitTime=20260101000000000",
      "commitTime=20260101000000000\npartitionDepth=-1",
    ] {
      let error = #expect(throws: LakeError.self) {
        try PartitionMetadata(parsing: Buffer(utf8: text))
      }
      #expect(error?.code == .propertiesMalformed)
    }
  }

  @Test("Slices and groups")
  func slices() throws {
    let group = FileGroupID(try PartitionPath("p"), try FileID("a-0"))
    let old = FileSlice(group, try InstantTime(parsing: "20260101000000000"))
    let base = BaseFile(
      try BaseFileName(parsing: "a-0_0-0-0_20260102000000000.parquet"), size: 10)
    let log = LogFile(try LogFileName(parsing: ".a-0_20260103000000000.log.1_0-0-0"), size: 5)
    let new = FileSlice(group, base.name.instant, base: base, logs: [log])
    let files = FileGroup(group, [old, new])
    #expect(files.latest == new && files.slices.map(\.isEmpty) == [false, true])
    #expect(new.size == 15 && group.description == "p/a-0")
  }
}
