import Glibc
import LakeTestKit
import Testing

@testable import LakeCLI

@Suite("The command as a process", .enabled(if: Spawned.command != nil, "the command is not built"))
struct ProcessTests {
  @Test("an interrupted commit leaves nothing", .spec("CLI-24"))
  func interrupts() throws {
    let scratch = Scratch()
    let table = scratch.path + "/t"
    #expect(lake(["init", table, "--key", "id"]).status == 0)
    for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
      let run = try #require(Spawned(["commit", table, "-", "--input-format", "csv"]))
      run.write("id,qty\n1,2\n")
      usleep(400_000)
      run.signal(signal)
      let end = run.end()
      #expect(end.status == status, "\(end.err)")
      #expect(end.err.contains("LK9002"), "\(end.err)")
    }
    #expect(lake(["log", table, "--json"]).out.contains("\"instants\":0"))
    #expect(lake(["read", table, "-q"]).status != 1)
  }

  @Test("a reader that goes away", .spec("CLI-20"))
  func closedPipe() throws {
    let scratch = Scratch()
    var text = "id,note\n"
    for number in 0..<200_000 { text += "\(number),this row is one of very many\n" }
    let file = scratch.file("many.csv", text)
    let run = try #require(Spawned(["read", file, "-q"]))
    #expect(run.readSome(10).hasPrefix("{\"id\":0,"))
    run.closeOutput()
    let end = run.end()
    #expect(end.status == 0)
    #expect(end.err.isEmpty, "\(end.err)")
  }

  @Test("standard input and the zone of the machine")
  func pipes() throws {
    let run = try #require(Spawned(["read", "-", "--format", "tsv"]))
    run.write("{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":null}\n")
    run.closeInput()
    let end = run.end()
    #expect(end.status == 0, "\(end.err)")
    #expect(end.out == "a\tb\n1\tx\n2\t\n")
    #expect(end.err.contains("taken for ndjson"))
  }
}
