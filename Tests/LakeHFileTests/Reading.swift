// What tests ask of an open file.
import LakeBase
import LakeHFile
import Synchronization

extension HFile {
  /// Everything in the file.
  func everything() throws -> [(key: Buffer, value: Buffer)] {
    var scan = scan()
    var all: [(key: Buffer, value: Buffer)] = []
    while let entries = try scan.next() {
      for index in 0..<entries.count { all.append((entries.key(index), entries.value(index))) }
    }
    return all
  }

  func texts(prefix: String) throws -> [String] {
    var scan = scan(prefix: Buffer(utf8: prefix))
    var all: [String] = []
    while let entries = try scan.next() {
      for index in 0..<entries.count { all.append(entries.key(index).lossyText) }
    }
    return all
  }
}

/// A source that counts what is read from it.
final class CountingSource: ByteSource {
  let buffer: Buffer
  private let state = Mutex((reads: 0, bytes: 0))

  init(_ bytes: [UInt8]) { buffer = Buffer(bytes) }
  var count: Int { buffer.count }
  var reads: Int { state.withLock { $0.reads } }
  var bytesRead: Int { state.withLock { $0.bytes } }

  func read(_ range: Range<Int>) throws(LakeError) -> Buffer {
    state.withLock { $0 = ($0.reads + 1, $0.bytes + range.count) }
    return try BufferSource(buffer).read(range)
  }
}
