// HFiles: whatever is read can be found again.
import LakeBase
import LakeHFile

enum FuzzHFile {
  static func run(_ input: Buffer) throws(LakeError) {
    var limits = Limits()
    limits.hfileBlockBytesMax = 4 << 20
    limits.hfileIndexBytesMax = 16 << 20
    let file = try HFile(BufferSource(input), limits: limits)
    for place in file.metaBlocks { _ = try? file.metaBlock(place.key.lossyText) }
    _ = try? file.find(Buffer(utf8: "banana"))
    var scan = file.scan()
    var keys: [Buffer] = []
    var isInOrder = true
    while let entries = try scan.next() {
      for index in 0..<entries.count where keys.count < 1_000 {
        let key = entries.key(index)
        if let last = keys.last, key.bytes.lexicographicallyPrecedes(last.bytes) {
          isInOrder = false
        }
        _ = entries.value(index)
        keys.append(key)
      }
    }
    // Equal keys and Java's order may be spread by the fuzzer in ways that no writer has.
    guard isInOrder, Set(keys.map(\.bytes)).count == keys.count else { return }
    for key in keys.prefix(20) {
      let found = try file.find(key)
      precondition(found != nil, "a key is read but not found")
    }
  }
}
