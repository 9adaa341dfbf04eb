// Commit metadata: customary stats, equal bytes, damage.
import HudiModel
import LakeBase
import LakeTestKit
import Testing

@Suite struct CommitMetadataTests {
  private func sample() throws -> CommitMetadata {
    let partition = try PartitionPath("region=us")
    let previous = try BaseFileName(parsing: "a-0_1-27-53_20260307162434124.parquet")
    let name = BaseFileName(
      previous.fileID, WriteToken(task: 0, stage: 52, attempt: 126),
      try InstantTime(parsing: "20260307162440672"))
    var metadata = CommitMetadata(.upsert)
    metadata.add(
      WriteStat(
        base: name, in: partition, size: 438_527, rows: 3, inserts: 0, updates: 1, deletes: 0,
        previous: previous))
    metadata.schema = #"{"type":"record","name":"r","fields":[]}"#
    metadata.extraMetadata["lake.token"] = "ü\n"
    return metadata
  }

  @Test("The stat of a base file", .spec("META-10"))
  func baseStat() throws {
    let stat = try #require(try sample().stats.first)
    #expect(stat.fileID == "a-0" && stat.prevCommit == "20260307162434124")
    #expect(stat.path == "region=us/a-0_0-52-126_20260307162440672.parquet")
    #expect(stat.prevBaseFile == "a-0_1-27-53_20260307162434124.parquet")
    #expect(stat.numWrites == 3 && stat.numUpdateWrites == 1 && stat.numInserts == 0)
    #expect(stat.totalWriteBytes == 438_527 && stat.fileSizeInBytes == 438_527)
    #expect(stat.totalLogRecords == 0 && stat.totalLogFiles == nil && stat.logVersion == nil)
    #expect(stat.baseFile == nil && stat.logFiles == nil && stat.numUpdates == 0)
    #expect(stat.fileName == "a-0_0-52-126_20260307162440672.parquet")
    let new = WriteStat(
      base: try BaseFileName(parsing: "b-0_0-0-0_20260101000000000.parquet"), in: .none, size: 1,
      rows: 1, inserts: 1, updates: 0, deletes: 0)
    #expect(new.prevCommit == "null" && new.prevBaseFile == nil)
    #expect(new.path == "b-0_0-0-0_20260101000000000.parquet" && new.partitionPath == "")
    let planned = WriteStat(planned: .none, inserts: 3)
    #expect(planned.fileID == "" && planned.prevCommit == "null" && planned.numInserts == 3)
    #expect(planned.path == nil && planned.runtimeStats == nil && planned.fileName == nil)
  }

  @Test("Both forms, equal bytes for equal input", .spec("META-4", "META-5", "META-11"))
  func forms() throws {
    var metadata = try sample()
    for layout in [TimelineLayout.one, .two] {
      let bytes = try metadata.encode(layout, .commit, random: SeededRandom(3))
      #expect(try CommitMetadata(parsing: bytes) == metadata)
      #expect(try metadata.encode(layout, .commit, random: SeededRandom(3)) == bytes)
      #expect((bytes[0] == 0x7B) == (layout == .one))
    }
    metadata.partitionToReplaceFileIDs = ["region=us": ["a-0"], "region=eu": []]
    let bytes = try metadata.encode(.two, .replacecommit)
    #expect(bytes.lossyText.contains("HoodieReplaceCommitMetadata"))
    #expect(try CommitMetadata(parsing: bytes) == metadata)
    let inflight = try metadata.encode(.two, .replacecommit, .inflight)
    #expect(!inflight.lossyText.contains("HoodieReplaceCommitMetadata"))
    #expect(try metadata.touchedGroups().count == 1 && metadata.replacedGroups().count == 1)
    #expect(metadata.totals.rows == 3 && metadata.totals.updates == 1 && metadata.totals.files == 1)
  }

  @Test("Unknown members of JSON are kept", .spec("META-1"))
  func unknown() throws {
    let text = """
      {"partitionToWriteStats":
        {"":[{"fileId":"a-0","path":"x","recordsStats":{"val":null},"new":1}]},
       "compacted":false,"extraMetadata":{},"operationType":"upsert","later":[1,"a"]}
      """
    let metadata = try CommitMetadata(parsing: Buffer(utf8: text))
    #expect(metadata.operation == .upsert && metadata.operationType == "upsert")
    let again = try #require(try metadata.encode(.one, .commit).text)
    for member in [#""later""#, #""recordsStats""#, #""new" : 1"#] {
      #expect(again.contains(member))
    }
    #expect(try CommitMetadata(parsing: Buffer(utf8: again)) == metadata)
  }

  @Test("Damage is told (R32, H9)", .spec("META-3", "META-4"))
  func damage() throws {
    func code(_ bytes: Buffer) -> LakeError? {
      do throws(LakeError) {
        try CommitMetadata(parsing: bytes).validate()
        return nil
      } catch { return error }
    }
    func text(_ text: String) -> LakeError? { code(Buffer(utf8: text)) }
    let avro = try sample().encode(.two, .commit, random: SeededRandom(1))
    let json = try sample().encode(.one, .commit)
    #expect(code(Buffer())?.kind == .corrupted)
    // A file cut anywhere is damage, never a smaller commit.
    for length in stride(from: 1, to: avro.count, by: 7) {
      #expect(code(avro[0..<length])?.kind == .corrupted, "\(length)")
    }
    for length in stride(from: 1, to: json.count, by: 7) {
      #expect(code(json[0..<length])?.kind == .corrupted, "\(length)")
    }
    #expect(code(Buffer(avro.bytes + [0]))?.kind == .corrupted)
    #expect(code(Buffer(avro.bytes + avro.bytes))?.kind == .corrupted)
    #expect(code(Buffer(json.bytes + json.bytes))?.kind == .corrupted)
    for bad in [
      "[]", "null", "{\"partitionToWriteStats\":[]}", "{\"partitionToWriteStats\":{\"a\":1}}",
      "{\"partitionToWriteStats\":{\"a\":[1]}}", "{\"partitionToWriteStats\":{\"a\":[],\"a\":[]}}",
      "{\"partitionToWriteStats\":{\"a\":[{\"numWrites\":\"x\"}]}}", "{\"compacted\":1}",
      "{\"partitionToWriteStats\":{\"a\":[{\"numWrites\":1e99}]}}", "{\"extraMetadata\":{\"a\":1}}",
      "{\"partitionToWriteStats\":{\"a\":[{\"fileSizeInBytes\":-1}]}}",
      "{\"partitionToWriteStats\":{\"a\":[{\"path\":\"b/x.parquet\"}]}}",
      "{\"partitionToWriteStats\":{\"\":[{\"path\":\"../x.parquet\"}]}}",
      "{\"partitionToWriteStats\":{\"a\":[{\"path\":\"a/..\"}]}}",
      "{\"partitionToWriteStats\":{\"a\":[{\"path\":\"a/\"}]}}",
      "{\"partitionToWriteStats\":{\"a\":[{\"path\":\"a/x\\u0000\"}]}}",
      "{\"partitionToWriteStats\":{\"..\":[]}}", "{\"partitionToWriteStats\":{\"/etc\":[]}}",
      "{\"partitionToWriteStats\":{\"a\":[{\"fileId\":\"a/b\"}]}}",
      "{\"partitionToReplaceFileIds\":{\"a/../..\":[]}}",
      "{\"partitionToReplaceFileIds\":{\"a\":[\"x_y\"]}}",
    ] {
      #expect(text(bad)?.kind == .corrupted, "\(bad)")
    }
    #expect(text("{}") == nil)
  }

  @Test("Operations that can change the schema", .spec("META-2"))
  func operations() {
    let fixed: Set<WriteOperation> = [.cluster, .compact, .logCompact, .index]
    for operation in WriteOperation.allCases {
      #expect(operation.canChangeSchema != fixed.contains(operation))
    }
  }

  @Test("Ordered maps")
  func maps() {
    var map: OrderedMap<Int> = ["b": 1, "a": 2]
    map["c"] = 3
    map["b"] = nil
    map["a", default: 0] += 5
    #expect(map.keys == ["a", "c"] && map["a"] == 7 && map.count == 2)
    #expect(
      map == ["c": 3, "a": 7] && map.hashValue == (["c": 3, "a": 7] as OrderedMap).hashValue)
    #expect(map != ["c": 3, "a": 8])
  }

  @Test("Plans of our own making", .spec("META-7", "META-8", "META-9"))
  func plans() throws {
    let target = Instant(try InstantTime(parsing: "20260101000000000"), .commit, .inflight)
    let partition = try PartitionPath("p")
    let plan = RollbackPlan(target, [.init(partition: partition, files: ["/t/p/a.parquet"])])
    #expect(try RollbackPlan(parsing: plan.encode()) == plan)
    #expect(plan.instantToRollback?.action == "commit" && plan.version == 1)
    let done = RollbackMetadata(
      try InstantTime(parsing: "20260101000000001"), of: target, milliseconds: 5,
      [.init(partition, deleted: ["/t/p/a.parquet"])])
    #expect(try RollbackMetadata(parsing: done.encode()) == done)
    #expect(done.totalFilesDeleted == 1 && done.commitsRollback == ["20260101000000000"])
    let empty = RequestedReplaceMetadata()
    #expect(try RequestedReplaceMetadata(parsing: empty.encode()) == empty)
    #expect(empty.operationType == nil && empty.version == nil)
    let slice = ClusteringPlan.Slice(
      dataFilePath: "file:/t/p/a.parquet", deltaFilePaths: [],
      FileGroupID(partition, try FileID("a-0")))
    let clustering = RequestedReplaceMetadata(
      ClusteringPlan([.init([slice], outputs: 2)], PlanStrategy("x")))
    #expect(try RequestedReplaceMetadata(parsing: clustering.encode()) == clustering)
    #expect(try slice.group().fileID.text == "a-0")
    let error = #expect(throws: LakeError.self) { try RollbackPlan(parsing: Buffer()) }
    #expect(error?.kind == .corrupted)
  }
}
