import HudiModel
import LakeBase
import LakeTestKit
import Testing

@Suite("CommitDigest", .spec("META-20")) struct CommitDigestTests {
  static func bytes(_ layout: TimelineLayout) throws -> Buffer {
    var metadata = CommitMetadata(.upsert)
    metadata.extraMetadata["note"] = "any"
    metadata.extraMetadata[CommitDigest.key] = CommitDigest.blank
    return CommitDigest.sealed(
      try metadata.encode(layout, .commit, .completed, random: SeededRandom(1)))
  }

  @Test("a sealed file verifies in both forms", arguments: [TimelineLayout.one, .two])
  func sealed(layout: TimelineLayout) throws {
    let bytes = try Self.bytes(layout)
    try CommitDigest.verify(bytes)
    let told = try #require(
      try CommitMetadata(parsing: bytes).extraMetadata[CommitDigest.key])
    // The same computation by hand: zeros in the place of digits and length.
    #expect(told.hasSuffix(String(bytes.count)))
    var blanked = bytes.bytes
    let place = try #require(
      (0..<blanked.count - 19).first { blanked[$0..<$0 + 19].elementsEqual(told.utf8) })
    for offset in 0..<19 where offset != 8 { blanked[place + offset] = 0x30 }
    let crc = String(CRC32C.checksum(blanked), radix: 16)
    #expect(told.hasPrefix(String(repeating: "0", count: 8 - crc.count) + crc + "."))
  }

  @Test(
    "every flipped bit is found, or the file does not parse",
    arguments: [TimelineLayout.one, .two])
  func flipped(layout: TimelineLayout) throws {
    func content(_ bytes: [UInt8]) throws -> CommitMetadata {
      var metadata = try CommitMetadata(parsing: Buffer(bytes))
      metadata.extraMetadata[CommitDigest.key] = nil
      return metadata
    }
    let bytes = try Self.bytes(layout).bytes
    let right = try content(bytes)
    var missed = 0
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x04
      do {
        let metadata = try CommitMetadata(parsing: Buffer(changed))
        if metadata.extraMetadata[CommitDigest.key] == nil { continue }
        try CommitDigest.verify(Buffer(changed))
        // The length may change: then the file counts as rewritten, with the same content.
        if try content(changed) != right { missed += 1 }
      } catch { continue }
    }
    #expect(missed == 0)
  }

  @Test("a file that another engine rewrote is not held against its old digest")
  func rewritten() throws {
    let bytes = try Self.bytes(.two)
    let metadata = try CommitMetadata(parsing: bytes)
    let other = try metadata.encode(.one, .commit, .completed, random: SeededRandom(9))
    #expect(other.count != bytes.count)
    try CommitDigest.verify(other)
  }

  @Test("a file without a digest has nothing to verify")
  func absent() throws {
    try CommitDigest.verify(Buffer(utf8: "{\"operationType\":\"UPSERT\"}"))
    try CommitDigest.verify(Buffer())
  }
}
