import HudiMetadata
import HudiModel
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@Suite("FileSystemView") struct FileSystemViewTests {
  static let a = "07838327-b037-4532-a9df-3c5b05dd823d-0"
  static let b = "17838327-b037-4532-a9df-3c5b05dd823d-0"

  static func time(_ n: Int) throws -> InstantTime {
    try InstantTime(parsing: "202501010000000" + (n < 10 ? "0\(n)" : "\(n)"))
  }

  static func base(_ id: String, _ n: Int, _ token: String = "0-0-0") throws -> String {
    "\(id)_\(token)_\(try time(n)).parquet"
  }

  static func log(_ id: String, _ n: Int) throws -> String {
    ".\(id)_\(try time(n)).log.1_0-0-0"
  }

  static func listing(_ files: [String: [String]]) throws -> TableListing {
    let storage = MemoryStorage()
    for (folder, names) in files {
      try storage.makeDirectory(StoragePath(folder))
      for name in names {
        _ = try storage.create(StoragePath(folder.isEmpty ? name : "\(folder)/\(name)")).finish()
      }
    }
    return try TableListing(storage, Workers(width: 1))
  }

  static func inputs(
    completed: [Int], pending: [Int] = [], completions: [Int: Int] = [:], asOf: Int? = nil,
    replaced: [FileGroupID: InstantTime] = [:], compactions: [FileGroupID: InstantTime] = [:],
    layout: TimelineLayout = .two
  ) throws -> ViewInputs {
    var times: [InstantTime: InstantTime] = [:]
    for (requested, done) in completions { times[try time(requested)] = try time(done) }
    return ViewInputs(
      layout: layout,
      filter: InstantFilter(
        completed: Set(try completed.map { try time($0) }),
        hidden: Set(try pending.map { try time($0) }),
        start: try completed.min().map { try time($0) },
        range: InstantRange(through: try asOf.map { try time($0) })),
      completions: times, replaced: replaced, pendingCompactions: compactions)
  }

  @Test("a directory is a partition when it holds a partition metafile", .spec("VIEW-1"))
  func partitions() throws {
    let listing = try Self.listing([
      "city=oslo": [".hoodie_partition_metadata", try Self.base(Self.a, 1)],
      "deep/er": [".hoodie_partition_metadata.parquet", try Self.base(Self.b, 1)],
      "stray": [try Self.base(Self.b, 1)],
      ".hoodie/metadata/files": [".hoodie_partition_metadata", try Self.base(Self.b, 1)],
    ])
    #expect(listing.partitions.map(\.path.text) == ["city=oslo", "deep/er"])
  }

  @Test("the newest completed base file is read, pending and unknown ones are not", .spec("VIEW-2"))
  func newest() throws {
    let listing = try Self.listing([
      "p": [
        ".hoodie_partition_metadata", try Self.base(Self.a, 1), try Self.base(Self.a, 2),
        try Self.base(Self.a, 3), try Self.base(Self.b, 4), "notes.txt",
      ]
    ])
    let view = FileSystemView(listing, try Self.inputs(completed: [1, 2, 5], pending: [3]))
    #expect(view.latestSlices.map(\.baseInstant) == [try Self.time(2)])
    let old = FileSystemView(listing, try Self.inputs(completed: [1, 2, 5], pending: [3], asOf: 1))
    #expect(old.latestSlices.map(\.baseInstant) == [try Self.time(1)])
  }

  @Test("files older than the timeline are visible unless pending", .spec("VIEW-2"))
  func archived() throws {
    let listing = try Self.listing([
      "": [".hoodie_partition_metadata", try Self.base(Self.a, 1), try Self.base(Self.b, 2)]
    ])
    let view = FileSystemView(listing, try Self.inputs(completed: [5], pending: [2]))
    #expect(view.latestSlices.map(\.fileID.text) == [Self.a])
    let none = FileSystemView(listing, try Self.inputs(completed: []))
    #expect(none.latestSlices.isEmpty)
  }

  @Test("a log belongs to the slice its instant was completed in", .spec("VIEW-3"))
  func logs() throws {
    let listing = try Self.listing([
      "p": [
        ".hoodie_partition_metadata", try Self.base(Self.a, 1), try Self.base(Self.a, 5),
        try Self.log(Self.a, 3), try Self.log(Self.a, 4),
      ]
    ])
    // 3 was completed before the compaction 5, 4 after it.
    let inputs = try Self.inputs(completed: [1, 3, 4, 5], completions: [1: 2, 3: 4, 4: 7, 5: 6])
    let group = try #require(FileSystemView(listing, inputs).groups.first)
    #expect(group.slices.map(\.logs.count) == [1, 1])
    #expect(group.slices[0].logs[0].name.instant == (try Self.time(4)))
    let six = try Self.inputs(completed: [1, 3, 4, 5], layout: .one)
    let slices = try #require(FileSystemView(listing, six).groups.first).slices
    #expect(slices.map(\.baseInstant) == (try [5, 4, 3, 1].map { try Self.time($0) }))
  }

  @Test("logs written since a pending compaction are read with the slice before", .spec("VIEW-4"))
  func pendingCompaction() throws {
    let listing = try Self.listing([
      "p": [
        ".hoodie_partition_metadata", try Self.base(Self.a, 1), try Self.log(Self.a, 2),
        try Self.log(Self.a, 6), try Self.base(Self.a, 5),
      ]
    ])
    let id = FileGroupID(try PartitionPath("p"), try FileID(Self.a))
    let inputs = try Self.inputs(
      completed: [1, 2, 6], pending: [5], completions: [1: 1, 2: 3, 6: 7],
      compactions: [id: try Self.time(5)])
    let slice = try #require(FileSystemView(listing, inputs).latestSlices.first)
    #expect(slice.baseInstant == (try Self.time(1)))
    #expect(slice.base?.name.instant == (try Self.time(1)))
    #expect(slice.logs.map(\.name.instant) == [try Self.time(2), try Self.time(6)])
  }

  @Test("a replaced group is gone from its replacement on", .spec("VIEW-5"))
  func replaced() throws {
    let listing = try Self.listing(["p": [".hoodie_partition_metadata", try Self.base(Self.a, 1)]])
    let id = FileGroupID(try PartitionPath("p"), try FileID(Self.a))
    let replaced = [id: try Self.time(3)]
    let now = try Self.inputs(completed: [1, 3], replaced: replaced)
    #expect(FileSystemView(listing, now).latestSlices.isEmpty)
    let before = try Self.inputs(completed: [1, 3], asOf: 2, replaced: replaced)
    #expect(FileSystemView(listing, before).latestSlices.count == 1)
  }

  @Test("base files of one instant are contested; those passed over are out", .spec("VIEW-7"))
  func contested() throws {
    let names = try [("0-1-2", 1), ("3-4-5", 1), ("0-0-0", 2)].map { try Self.base(Self.a, $1, $0) }
    let listing = try Self.listing(["p": [".hoodie_partition_metadata"] + names])
    let inputs = try Self.inputs(completed: [1, 2])
    let id = FileGroupID(try PartitionPath("p"), try FileID(Self.a))
    let view = FileSystemView(listing, inputs)
    #expect(view.contested == [id: names.prefix(2).compactMap { BaseFileName($0) }])
    let group = try #require(view.groups.first)
    #expect(group.slices.map { $0.base?.name.text } == [names[2], names[1]])
    let greater = try #require(BaseFileName(names[1]))
    let left = FileSystemView(listing, inputs.passing(over: [id: [greater]]))
    #expect(left.contested.isEmpty)
    #expect(left.groups.first?.slices.map { $0.base?.name.text } == [names[2], names[0]])
  }

  @Test("many files in a group (H21)", .spec("LIMIT-40", "VIEW-3"), .timeLimit(.minutes(5)))
  func manyFiles() throws {
    // Base files and log files in turn, each log completed before the next base file.
    let count = 20_000
    func time(_ number: Int) throws -> InstantTime {
      try InstantTime(parsing: String(20_250_101_000_000_000 + number))
    }
    let storage = MemoryStorage()
    try storage.makeDirectory(StoragePath("p"))
    var completions: [InstantTime: InstantTime] = [:]
    var names = [".hoodie_partition_metadata"]
    for number in 0..<count {
      let base = try time(3 * number)
      let log = try time(3 * number + 1)
      names.append("\(Self.a)_0-0-0_\(base).parquet")
      names.append(".\(Self.a)_\(log).log.1_0-0-0")
      completions[base] = base
      completions[log] = try time(3 * number + 2)
    }
    for name in names { _ = try storage.create(StoragePath("p/\(name)")).finish() }
    let inputs = ViewInputs(
      layout: .two, filter: InstantFilter(completed: Set(completions.keys), start: try time(0)),
      completions: completions)
    let view = FileSystemView(try TableListing(storage, Workers(width: 1)), inputs)
    let slices = try #require(view.groups.first).slices
    #expect(slices.count == count)
    #expect(slices.allSatisfy { $0.base != nil && $0.logs.count == 1 })
  }
}
