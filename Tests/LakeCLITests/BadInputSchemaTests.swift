import LakeTestKit
import Testing

@testable import LakeCLI

/// Inputs and requests that the table's schema, history or memory has no room for.
@Suite("Bad input: schemas, old snapshots and memory")
struct BadInputSchemaTests {
  @Test("columns of another type")
  func types() {
    let victim = Victim()
    let text = victim.scratch.file("t.csv", "id,qty,note\n3,7,c\n")
    victim.refuses(
      ["commit", victim.table, text, "--columns", "id int, qty string, note string"], "LK3006", 6,
      says: ["\"qty\"", "int", "string", "t.csv"])
    victim.refuses(
      ["commit", victim.table, text, "--columns", "id int, qty bigint, note string"], "LK3006", 6,
      says: ["\"qty\"", "--evolve add,widen", "t.csv"])
    let dates = victim.scratch.file("d.csv", "id,qty,note\n3,2026-03-01,c\n")
    victim.refuses(
      ["commit", victim.table, dates, "--columns", "id int, qty date, note string"]
        + ["--evolve", "add,widen"], "LK3006", 6, says: ["\"qty\"", "date", "d.csv"])
    let run = lake(
      ["commit", victim.table, text, "--columns", "id int, qty bigint, note string"]
        + ["--evolve", "add,widen"])
    #expect(run.status == 0, "\(run.err)")
    #expect(lake(["read", victim.table]).lines.count == 3)
    victim.isInOrder()
  }

  @Test("the hints that errors give do what they say")
  func hints() {
    let victim = Victim()
    let extra = victim.scratch.file("e.csv", "id,qty,note,shade\n3,7,c,dark\n")
    let short = victim.scratch.file("s.csv", "id,qty\n4,8\n")
    #expect(lake(["commit", victim.table, extra, "--drop", "shade"]).status == 0)
    #expect(lake(["commit", victim.table, short, "--fill", "null"]).status == 0)
    #expect(lake(["commit", victim.table, extra, "--evolve", "add"]).status == 0)
    #expect(
      lake(["read", victim.table, "--where", "id > 2"]).lines.sorted() == [
        "{\"id\":3,\"qty\":7,\"note\":\"c\",\"shade\":\"dark\"}",
        "{\"id\":4,\"qty\":8,\"note\":null,\"shade\":null}",
      ])
    victim.isInOrder()
  }

  @Test("a snapshot that a clean has passed is expired, not empty", .spec("QUERY-10"))
  func expired() throws {
    let victim = Victim()
    let old = try #require(victim.paths(".parquet").first)
    let next = victim.scratch.file("next.csv", "id,qty,note\n1,50,z\n")
    #expect(lake(["commit", victim.table, next]).status == 0)
    #expect(lake(["read", victim.table + "@^"]).lines.count == 2)
    victim.renew()
    TemporaryFolder.remove(victim.table + "/" + old)
    let damaged = lake(["read", victim.table + "@^"])
    #expect(damaged.status == 12 && damaged.err.contains("error[LK5508]: "), "\(damaged.err)")
    let folder = victim.table + "/.hoodie/timeline/"
    let instant = "30000101000000000"
    for name in [".clean.requested", ".clean.inflight", "_30000101000000001.clean"] {
      Scratch.write(folder + instant + name, [])
    }
    let run = lake(["read", victim.table + "@^"])
    #expect(run.status == 11 && run.err.contains("error[LK2104]: "), "\(run.status) \(run.err)")
    #expect(run.err.contains(old) && run.out.isEmpty, "\(run.err)")
    #expect(lake(["read", victim.table, "--meta"]).lines.sorted() == victim.before.rows)
  }

  @Test("less memory than the least work needs")
  func memory() {
    let victim = Victim()
    let file = victim.scratch.file("many.csv", noise(2000))
    let run = lake(["commit", victim.table, file, "--memory", "1KiB"])
    #expect(run.status == 13 && run.err.contains("error[LK9001]: "), "\(run.status) \(run.err)")
    #expect(run.err.contains("--memory"))
    victim.isUnchanged()
  }
}
