// What a table's properties say about merging, by hand from the format notes.
import HudiFileGroup
import HudiModel
import LakeBase
import Testing

@Suite("Merge policies") struct MergePolicyTests {
  private static let classes = "org.apache.hudi.common.model."

  private static func config(_ version: Int, _ pairs: [(String, String)]) throws -> TableConfig {
    try TableConfig(
      [
        TableProperty("hoodie.table.name", "t"),
        TableProperty("hoodie.table.type", "MERGE_ON_READ"),
        TableProperty("hoodie.table.version", String(version)),
        TableProperty("hoodie.timeline.layout.version", version < 8 ? "1" : "2"),
        TableProperty(
          version < 9 ? "hoodie.table.precombine.field" : "hoodie.table.ordering.fields", "ts"),
      ] + pairs.map { TableProperty($0.0, $0.1) })
  }

  private static let payload = "hoodie.compaction.payload.class"
  private static let mode = "hoodie.record.merge.mode"
  private static let prefix = "hoodie.record.merge.property."

  @Test(
    "payload classes of versions 6 and 8 mean what Hudi 1.2 makes of them",
    .spec("MERGE-15"),
    arguments: [
      ("OverwriteWithLatestAvroPayload", MergePolicy.commitTime),
      ("DefaultHoodieRecordPayload", .eventTime(["ts"])),
      ("EventTimeAvroPayload", .eventTime(["ts"])),
      ("OverwriteNonDefaultsWithLatestAvroPayload", MergePolicy(partialUpdate: .ignoreDefaults)),
      (
        "PartialUpdateAvroPayload",
        MergePolicy(orderingFields: ["ts"], partialUpdate: .ignoreDefaults)
      ),
      ("AWSDmsAvroPayload", MergePolicy(deleteMark: .init(column: "Op", text: "D"))),
      (
        "debezium.MySqlDebeziumAvroPayload",
        MergePolicy(
          orderingFields: ["_event_bin_file", "_event_pos"],
          deleteMark: .init(column: "_change_operation_type", text: "d"))
      ),
      (
        "debezium.PostgresDebeziumAvroPayload",
        MergePolicy(
          orderingFields: ["_event_lsn"],
          deleteMark: .init(column: "_change_operation_type", text: "d"))
      ),
    ])
  func payloads(_ name: String, _ expected: MergePolicy) throws {
    // In version 6 a strategy beside the payload decides nothing.
    let six = try Self.config(
      6,
      [
        (Self.payload, Self.classes + name),
        ("hoodie.compaction.record.merger.strategy", "eeb8d96f-b1e4-49fd-bbf8-28ac514178e5"),
      ])
    var wanted = expected
    wanted.deletesAreFinal = six.mergeMode == .custom
    wanted.showsLatestWrite = name == "PartialUpdateAvroPayload"
    #expect(try MergePolicy(six) == wanted)
  }

  @Test("version 9 and 8 by mode", .spec("MERGE-10"))
  func modes() throws {
    for version in [8, 9] {
      #expect(
        try MergePolicy(Self.config(version, [(Self.mode, "COMMIT_TIME_ORDERING")])) == .commitTime)
      #expect(
        try MergePolicy(Self.config(version, [(Self.mode, "EVENT_TIME_ORDERING")]))
          == .eventTime(["ts"]))
    }
    let partial = try Self.config(
      9,
      [
        (Self.mode, "COMMIT_TIME_ORDERING"),
        ("hoodie.table.partial.update.mode", "IGNORE_DEFAULTS"),
      ])
    #expect(try MergePolicy(partial) == MergePolicy(partialUpdate: .ignoreDefaults))
    for key in [
      "hoodie.write.partial.update.unavailable.value", "partial.update.unavailable.value",
    ] {
      let filling = try Self.config(
        9,
        [
          (Self.mode, "EVENT_TIME_ORDERING"), (Self.prefix + key, "?"),
          ("hoodie.table.partial.update.mode", "FILL_UNAVAILABLE"),
        ])
      #expect(
        try MergePolicy(filling)
          == MergePolicy(orderingFields: ["ts"], partialUpdate: .fillUnavailable(mark: "?")))
    }
  }

  @Test("unknown rules are refused unless the caller chooses one", .spec("MERGE-10"))
  func unknown() throws {
    let refused = [
      try Self.config(9, [(Self.mode, "CUSTOM"), (Self.payload, Self.classes + "Reverse")]),
      try Self.config(9, [(Self.mode, "CUSTOM"), ("hoodie.record.merge.strategy.id", "5b1f")]),
      try Self.config(6, [(Self.payload, "com.example.Mine")]),
      try Self.config(
        9,
        [(Self.mode, "EVENT_TIME_ORDERING"), ("hoodie.table.partial.update.mode", "KEEP_VALUES")]),
    ]
    for config in refused {
      let error = #expect(throws: LakeError.self) { _ = try MergePolicy(config) }
      #expect(error?.code == .mergerUnknown && error?.hint?.contains("--merge-as") == true)
      #expect(try MergePolicy(config, mode: .commitTime) == .commitTime)
      #expect(try MergePolicy(config, mode: .eventTime) == .eventTime(["ts"]))
    }
  }

  @Test("delete marks, with and without prefix; half a mark is refused", .spec("MERGE-11"))
  func deleteMarks() throws {
    for prefix in [Self.prefix, ""] {
      let whole = try Self.config(
        9,
        [
          (Self.mode, "COMMIT_TIME_ORDERING"), (prefix + "hoodie.payload.delete.field", "state"),
          (prefix + "hoodie.payload.delete.marker", "CLOSED"),
        ])
      #expect(
        try MergePolicy(whole)
          == MergePolicy(deleteMark: .init(column: "state", text: "CLOSED")))
      let half = try Self.config(
        9,
        [(Self.mode, "COMMIT_TIME_ORDERING"), (prefix + "hoodie.payload.delete.marker", "CLOSED")])
      let error = #expect(throws: LakeError.self) { _ = try MergePolicy(half) }
      #expect(error?.code == .propertiesMalformed)
    }
  }
}
