// What tests ask of an open file.
import LakeBase
import LakeHFile

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
