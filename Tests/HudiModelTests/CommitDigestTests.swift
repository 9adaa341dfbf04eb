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
    // The same computation by hand: zeros in the place of the digits.
    let text = String(decoding: bytes.bytes, as: Unicode.ASCII.self)
    #expect(text.contains(told))
    #expect(told != CommitDigest.blank)
    var blanked = bytes.bytes
    let place = try #require(
      (0..<blanked.count - 8).first { blanked[$0..<$0 + 8].elementsEqual(told.utf8) })
    for offset in 0..<8 { blanked[place + offset] = 0x30 }
    let crc = String(CRC32C.checksum(blanked), radix: 16)
    #expect(String(repeating: "0", count: 8 - crc.count) + crc == told)
  }

  @Test(
    "every flipped bit is found, or the file does not parse",
    arguments: [TimelineLayout.one, .two])
  func flipped(layout: TimelineLayout) throws {
    let bytes = try Self.bytes(layout).bytes
    var missed = 0
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x04
      do {
        let metadata = try CommitMetadata(parsing: Buffer(changed))
        if metadata.extraMetadata[CommitDigest.key] == nil { continue }
        try CommitDigest.verify(Buffer(changed))
        missed += 1
      } catch { continue }
    }
    #expect(missed == 0)
  }

  @Test("a file without a digest has nothing to verify")
  func absent() throws {
    try CommitDigest.verify(Buffer(utf8: "{\"operationType\":\"UPSERT\"}"))
    try CommitDigest.verify(Buffer())
  }
}
