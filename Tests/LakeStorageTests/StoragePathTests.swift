// Names from a table are data (H9).
import LakeBase
import LakeStorage
import LakeTestKit
import Testing

@Suite struct StoragePathTests {
  @Test(
    "paths that could leave the root, or that no store can hold, are refused",
    .spec("STORE-2", "LIMIT-18", "LIMIT-19"),
    arguments: [
      ".", "..", "../x", "x/../y", "x/./y", "/x", "x/", "x//y", "/", "a\u{0}b",
      String(repeating: "x", count: 256),
      Array(repeating: "abcdefg", count: 600).joined(separator: "/"),
    ])
  func refused(_ text: String) {
    #expect { try StoragePath(text) } throws: { ($0 as? LakeError)?.code == .pathInvalid }
  }

  @Test(
    "other names are taken as they are", .spec("STORE-2"),
    arguments: [
      "x", "x/y", "...", "..x", "%2e%2e", "a\\b", "\u{202E}", " ", "p=..",
      String(repeating: "x", count: 255),
    ])
  func taken(_ text: String) throws {
    #expect(try StoragePath(text).text == text)
  }

  @Test("parts", .spec("STORE-2"))
  func parts() throws {
    let path = try StoragePath("a/b/c.parquet")
    #expect(path.name == "c.parquet")
    #expect(path.parent.text == "a/b")
    #expect(path.parent.parent.parent.isRoot)
    #expect(StoragePath.root.parent.isRoot)
    #expect(try StoragePath.root.appending("x").text == "x")
    #expect(try path.parent.appending("d/e").text == "a/b/d/e")
    #expect(throws: LakeError.self) { try path.appending("..") }
    #expect(throws: LakeError.self) { try path.appending("/x") }
  }

  @Test("the name of a prepared file fits a segment and is no name of a table", .spec("CONC-14"))
  func temporary() throws {
    let uuid = SeededRandom(1).uuid()
    for name in ["20250101.commit", String(repeating: "\u{E9}", count: 127)] {
      let path = try TableNames.temporary(for: try StoragePath("t/" + name), uuid)
      #expect(path.name.hasSuffix("." + uuid + ".tmp"))
      #expect(path.parent.text == "t")
      #expect(path.name.utf8.count <= 255)
    }
  }
}
