// The archived timelines of the fixtures against what their writers say is in them.
import Lake
import LakeTestKit
import TableTestKit
import Testing

@Suite("Archives of foreign tables", .enabled(if: Fixtures.arePresent, "the fixtures are absent"))
struct ArchiveTests {
  @Test("archived instants in both layouts", .spec("TIME-27", "TIME-28"))
  func archives() throws {
    var cases = 0
    var metadata = 0
    try Fixtures.forEachTable { table, archive in
      if table.isMetadataTable { return }
      guard let golden = try table.golden(),
        let wanted = golden["archived"]?.array ?? golden["archivedInstants"]?.array
      else { return }
      let storage = try table.storage(archive)
      let world = TestWorld.make()
      let store = TimelineStore(storage, try TableHome.load(storage, world), world)
      let found = try store.archived(keepsMetadata: true)
      let isWhole = golden["archived"] != nil
      let ours = found.entries.compactMap { entry -> [String]? in
        let instant = entry.instant
        let completion = found.layout == .two ? instant.completed?.text ?? "" : ""
        let name = instant.action.rawValue
        if isWhole {
          return [name, "\(instant.state)".uppercased(), instant.requested.text, completion]
        }
        return instant.isCompleted && instant.action.isWrite
          ? [name, instant.requested.text, completion] : nil
      }
      let theirs = wanted.map { row -> [String] in
        let fields = (row.array ?? []).map { $0.string ?? "" }
        return found.layout == .two ? fields : fields.dropLast() + [""]
      }
      #expect(Set(ours) == Set(theirs), "\(table.fixture)")
      #expect(ours.count == theirs.count, "\(table.fixture)")
      for entry in found.entries where entry.instant.isCompleted && entry.instant.action.isWrite {
        let told = try #require(try entry.commitMetadata(), "\(table.fixture) \(entry.instant)")
        #expect(!told.stats.isEmpty && told.schema != nil, "\(table.fixture) \(entry.instant)")
        metadata += 1
      }
      cases += 1
    }
    #expect(cases == 5)
    Fixtures.report("archived timelines", cases: cases)
    Fixtures.report("archived commits with metadata", cases: metadata)
  }
}
