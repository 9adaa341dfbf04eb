// Spec: 05-commit-metadata. Checksums of written files, kept in the commit's extra metadata (R13).
import LakeBase

/// What a commit of this project keeps about the bytes of one file.
public struct FileChecksum: Sendable, Hashable {
  /// CRC-32C of all bytes.
  public let whole: UInt32
  /// Where the footer and the indexes behind the data begin, and the CRC-32C from there to the end.
  public let tailStart: Int
  public let tail: UInt32

  public init(whole: UInt32, tailStart: Int, tail: UInt32) {
    self.whole = whole
    self.tailStart = tailStart
    self.tail = tail
  }
}

extension CommitMetadata {
  /// The key in the extra metadata: one line a file, `path=whole,start,tail`, CRCs in hexadecimal.
  /// [TXN-7]
  public static let checksumsKey = "lake.crc32c"

  /// By path relative to the table; lines that are none of ours are passed over.
  public var fileChecksums: [String: FileChecksum] {
    get {
      var found: [String: FileChecksum] = [:]
      for line in extraMetadata[Self.checksumsKey]?.split(separator: "\n") ?? [] {
        guard let sign = line.lastIndex(of: "=") else { continue }
        let parts = line[line.index(after: sign)...].split(separator: ",")
        guard parts.count == 3, let whole = UInt32(parts[0], radix: 16),
          let start = Int(parts[1]), start >= 0, let tail = UInt32(parts[2], radix: 16)
        else { continue }
        found[String(line[..<sign])] = FileChecksum(whole: whole, tailStart: start, tail: tail)
      }
      return found
    }
    set {
      let lines = newValue.sorted { $0.key < $1.key }.map { path, sum in
        "\(path)=\(Self.hex(sum.whole)),\(sum.tailStart),\(Self.hex(sum.tail))"
      }
      extraMetadata[Self.checksumsKey] = lines.isEmpty ? nil : lines.joined(separator: "\n")
    }
  }

  private static func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
