// `lake explain` and the history of columns.
import LakeBase
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite("Why and since when")
struct ExplainCommandTests {
  @Test("what a read would read", .spec("CLI-43"))
  func explain() throws {
    let trips = LayoutCommandTests.trips
    let all = try LayoutCommandTests.objects(["explain", trips])
    #expect(all.last?["partitionsKept"]?.int == 3 && all.last?["partitionsPruned"]?.int == 0)
    let one = try LayoutCommandTests.objects(["explain", trips, "--where", "city = 'chennai'"])
    #expect(one.last?["partitionsKept"]?.int == 1 && one.last?["partitionsPruned"]?.int == 2)
    let pruned = one.filter { $0["kept"]?.bool == false }
    #expect(pruned.count == 1 && pruned[0]["count"]?.int == 2)
    #expect(pruned[0]["reason"]?.string == "the partition's values exclude the condition")
    let each = try LayoutCommandTests.objects(
      ["explain", trips, "--where", "city = 'chennai'", "--all"])
    #expect(each.contains { $0["name"]?.string == "city=sao_paulo" && $0["kept"]?.bool == false })
    let none = try LayoutCommandTests.objects(["explain", trips, "--where", "fare > 1e9"])
    #expect(none.last?["filesKept"]?.int == 0)
    #expect(lake(["explain", trips, "--where", "nope > 1"]).status == 2)
    #expect(lake(["explain", trips + "none"]).status == 7)
  }

  @Test("how the columns changed", .spec("CLI-44"))
  func schemaLog() throws {
    let scratch = Scratch()
    let table = scratch.path + "/t"
    let first = scratch.file("a.csv", "id,qty\n1,2\n")
    let second = scratch.file("b.csv", "id,qty,note\n2,3,x\n")
    #expect(lake(["init", table, "--key", "id", "--evolve", "add"]).status == 0)
    #expect(lake(["commit", table, first]).status == 0)
    let added = lake(["commit", table, second])
    #expect(added.status == 0, "\(added.err)")
    let log = try LayoutCommandTests.objects(["schema", table, "log"])
    #expect(log.count == 3 && log.last?["versions"]?.int == 2)
    #expect(log[0]["column"]?.string == "note" && log[1]["column"]?.isNull == true)
    let diff = try LayoutCommandTests.objects([
      "schema", table, "diff", "^", "2999-01-01T00:00:00Z",
    ])
    #expect(diff.count == 2 && diff[0]["change"]?.string?.hasPrefix("note added") == true)
    let same = lake(["schema", table, "diff", "^", "^"])
    #expect(same.status == 0 && same.out.isEmpty && same.err.contains("the same"))
    #expect(lake(["schema", table, "diff", "^"]).status == 2)
    #expect(lake(["schema", table, "since"]).status == 2)
    #expect(lake(["schema", table, "diff", "^", "19990101"]).err.contains("LK2001"))
  }
}
