// The timelines of all fixture tables against the golden answers of the engines that wrote them.
import HudiModel
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@testable import HudiTimeline

@Suite(.enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct RealTimelinesTests {
  /// The golden answer of a table, nil where there is none.
  private func golden(_ table: FixtureTable) throws -> JSONValue? {
    let path = "\(Fixtures.root)/\(table.folder)/\(table.fixture).golden.json"
    let file = try JSONReader.parse(Buffer(try Fixtures.bytes(path)), duplicateNames: .kept)
    return table.folder == "hudi" ? file[table.name] : file
  }

  @Test("Timelines equal the golden ones", .spec("TIME-17", "TIME-3"))
  func timelines() throws {
    var cases = 0
    var instants = 0
    try Fixtures.forEachTable { table, archive in
      if table.isMetadataTable { return }
      let properties = try #require(
        try archive.buffer(of: table.root + ".hoodie/hoodie.properties"))
      let config = try TableConfig(parsing: properties)
      let entries = table.names(in: config.timelineDirectory).map {
        FileEntry(name: $0, size: 1, kind: .file)
      }
      let timeline = try TimelineStore.assemble(entries, config.layout, civil: { $0 }, .standard)
      guard let golden = try golden(table),
        let wanted = (golden["timeline"] ?? golden["instants"])?.array, wanted.first?.array != nil
      else { return }
      let ours = timeline.instants.map { instant in
        [
          instant.isPending ? instant.action.rawValue : instant.action.completed.rawValue,
          "\(instant.state)".uppercased(), instant.requested.text,
          config.layout == .two ? instant.completed?.text ?? "" : "",
        ]
      }
      let theirs = wanted.map { item -> [String] in
        let fields = (item.array ?? []).map { $0.string ?? "" }
        return [fields[0], fields[1], fields[2], config.layout == .two ? fields[3] : ""]
      }
      #expect(Set(ours) == Set(theirs), "\(table.fixture)")
      cases += 1
      instants += ours.count
    }
    #expect(cases > 200)
    Fixtures.report("timelines", cases: cases)
    Fixtures.report("instants of timelines", cases: instants)
  }
}
