// Spec: 07-log-files. Record positions: a 64-bit Roaring bitmap in its portable layout, as Base64.
import LakeBase

/// Positions of a block's records in a base file.
public enum RecordPositions {
  /// The positions of a header's text, ascending and distinct. Throws `logMalformed`; more than
  /// `atMost` are that too, more than `limit` are `limitExceeded`. Nothing is allocated beyond
  /// either.
  public static func decode(
    _ text: Buffer, atMost: Int, limit: Int = Limits.standard.logPositionsMax
  ) throws(LakeError) -> [Int64] {
    guard let bytes = Base64.decode(text) else {
      throw LakeError(.logMalformed, "record positions that are not Base64")
    }
    var walk = Walk(bytes, atMost: atMost, limit: limit)
    try walk.run()
    return walk.positions
  }

  private struct Walk {
    var reader: ByteReader
    let atMost: Int
    let limit: Int
    var positions: [Int64] = []

    init(_ bytes: Buffer, atMost: Int, limit: Int) {
      reader = ByteReader(bytes, code: .logMalformed)
      self.atMost = atMost
      self.limit = limit
    }

    mutating func run() throws(LakeError) {
      let buckets = try reader.littleEndian(Int64.self)
      guard buckets >= 0, buckets <= Int64(reader.remaining / 8) else {
        throw reader.failure("\(buckets) buckets of record positions")
      }
      var before: Int64 = -1
      for _ in 0..<buckets {
        let high = Int64(try reader.littleEndian(UInt32.self))
        guard high > before, high <= Int64(Int32.max) else {
          throw reader.failure("bucket \(high) of record positions behind \(before)")
        }
        before = high
        try bitmap(high << 32)
      }
      guard reader.isAtEnd else {
        throw reader.failure("\(reader.remaining) bytes behind the record positions")
      }
    }

    /// One 32-bit bitmap whose values count from `base`.
    private mutating func bitmap(_ base: Int64) throws(LakeError) {
      let cookie = try reader.littleEndian(UInt32.self)
      var count = 0
      var runFlags = Buffer()
      switch cookie & 0xFFFF {
      case 12346 where cookie == 12346: count = Int(try reader.littleEndian(UInt32.self))
      case 12347:
        count = Int(cookie >> 16) + 1
        runFlags = try reader.take((count + 7) / 8)
      default: throw reader.failure("\(cookie) does not begin a Roaring bitmap")
      }
      guard count <= 1 << 16 else { throw reader.failure("\(count) containers in a bitmap") }
      let keys = try reader.take(count * 4)
      // Offsets of the containers, which follow each other anyway.
      if runFlags.isEmpty || count >= 4 { try reader.skip(count * 4) }
      var before = -1
      for index in 0..<count {
        let key = number(keys, index * 4)
        guard key > before else { throw reader.failure("container \(key) behind \(before)") }
        before = key
        let isRun = !runFlags.isEmpty && runFlags[index >> 3] & (1 << UInt8(index & 7)) != 0
        let first = base + Int64(key) << 16
        let size = number(keys, index * 4 + 2) + 1
        try makeRoom(size)
        if isRun {
          try runs(first, size)
        } else if size <= 4096 {
          try array(first, size)
        } else {
          try bits(first, size)
        }
      }
    }

    private func number(_ bytes: Buffer, _ at: Int) -> Int {
      Int(bytes[at]) | Int(bytes[at + 1]) << 8
    }

    private mutating func makeRoom(_ more: Int) throws(LakeError) {
      guard more <= atMost - positions.count else {
        throw reader.failure("more record positions than the block's \(atMost) entries")
      }
      guard more <= limit - positions.count else {
        throw LakeError(.limitExceeded, "more than \(limit) record positions (logPositionsMax)")
      }
    }

    private mutating func array(_ first: Int64, _ size: Int) throws(LakeError) {
      let bytes = try reader.take(size * 2)
      var before = -1
      for index in 0..<size {
        let low = number(bytes, index * 2)
        guard low > before else { throw reader.failure("position \(low) behind \(before)") }
        before = low
        positions.append(first + Int64(low))
      }
    }

    private mutating func runs(_ first: Int64, _ size: Int) throws(LakeError) {
      let count = number(try reader.take(2), 0)
      let bytes = try reader.take(count * 4)
      var next = 0
      var left = size
      for index in 0..<count {
        let start = number(bytes, index * 4)
        let more = number(bytes, index * 4 + 2) + 1
        guard start >= next, start + more <= 1 << 16, more <= left else {
          throw reader.failure("a run of positions that overlaps or leaves its container")
        }
        for low in start..<start + more { positions.append(first + Int64(low)) }
        next = start + more
        left -= more
      }
      guard left == 0 else { throw reader.failure("\(left) positions are missing in runs") }
    }

    private mutating func bits(_ first: Int64, _ size: Int) throws(LakeError) {
      let bytes = try reader.take(8192)
      var found = 0
      for index in 0..<8192 {
        found += bytes[index].nonzeroBitCount
      }
      guard found == size else {
        throw reader.failure("\(found) positions in a container of \(size)")
      }
      for index in 0..<8192 {
        var byte = bytes[index]
        while byte != 0 {
          positions.append(first + Int64(index * 8 + byte.trailingZeroBitCount))
          byte &= byte - 1
        }
      }
    }
  }
}
