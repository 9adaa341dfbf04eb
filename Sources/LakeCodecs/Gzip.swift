// Spec: 17-limits. Deflate through zlib, streams kept from call to call.
import CZlib
import LakeBase

/// zlib keeps the address of its stream, so the stream lives on the heap and never moves.
final class Inflater {
  /// gzip or zlib, whichever the first bytes say.
  static let anyEnvelope: Int32 = 15 + 32
  static let bare: Int32 = -15

  let stream: UnsafeMutablePointer<z_stream>
  private let windowBits: Int32

  init(_ windowBits: Int32) throws(LakeError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    self.windowBits = windowBits
    let status = inflateInit2_(
      stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if status != Z_OK { throw LakeError(.memoryExhausted, "zlib: no memory for a stream") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func reset() { inflateReset2(stream, windowBits) }

  func failure(_ offset: Int) -> LakeError {
    let text = stream.pointee.msg.map { String(cString: $0) } ?? "is damaged"
    return LakeError(.codecFailed, "deflate: \(text)", offset: offset)
  }

  /// Inflates every member into at most `capacity` bytes and returns how many came out.
  func inflateAll(
    _ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer, _ capacity: Int
  ) throws(LakeError) -> Int {
    reset()
    var at = 0
    var out = 0
    if count == 0 { return 0 }
    while true {
      let (used, made, status) = step(source + at, count - at, target + out, capacity - out)
      at += used
      out += made
      if status == Z_STREAM_END {
        if at == count { return out }
        // Bare deflate has no envelope that could start again.
        guard windowBits > 0 else {
          throw LakeError(.codecFailed, "deflate: bytes follow the end", offset: at)
        }
        reset()
        continue
      }
      guard status == Z_OK || status == Z_BUF_ERROR else { throw failure(at) }
      if used == 0 && made == 0 {
        if out == capacity && at < count {
          throw LakeError(
            .codecFailed, "deflate: \(capacity) bytes were announced, more came out", offset: at)
        }
        throw LakeError(.codecFailed, "deflate: ends early", offset: at)
      }
    }
  }

  /// One call of the library: bytes used, bytes made, its status.
  func step(
    _ source: UnsafeRawPointer, _ count: Int, _ target: UnsafeMutableRawPointer, _ capacity: Int
  ) -> (used: Int, made: Int, status: Int32) {
    let given = UInt32(clamping: count)
    let room = UInt32(clamping: capacity)
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: source.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = given
    stream.pointee.next_out = target.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = room
    let status = inflate(stream, Z_NO_FLUSH)
    return (
      Int(given - stream.pointee.avail_in), Int(room - stream.pointee.avail_out), status
    )
  }
}

/// The other direction.
final class Deflater {
  static let gzip: Int32 = 15 + 16
  static let bare: Int32 = -15

  private let stream: UnsafeMutablePointer<z_stream>

  init(_ windowBits: Int32, level: Int32) throws(LakeError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = deflateInit2_(
      stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    if status != Z_OK { throw LakeError(.memoryExhausted, "zlib: no memory for a stream") }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  func deflateAll(
    _ source: UnsafeRawPointer, _ count: Int, _ output: GrowingBuffer
  ) throws(LakeError) {
    deflateReset(stream)
    output.reserve(Int(deflateBound(stream, UInt(count))))
    try put(source, count, output, finish: true)
  }

  /// Appends what the library gives for these bytes; with `finish`, also the end.
  func put(
    _ source: UnsafeRawPointer, _ count: Int, _ output: GrowingBuffer, finish: Bool
  ) throws(LakeError) {
    var at = 0
    while true {
      let given = UInt32(clamping: count - at)
      let isLast = at + Int(given) == count
      if output.capacity - output.count < 1024 { output.reserve(1 << 14) }
      let room = UInt32(clamping: output.capacity - output.count)
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: (source + at).assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = given
      stream.pointee.next_out = (output.pointer + output.count).assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = room
      let status = deflate(stream, finish && isLast ? Z_FINISH : Z_NO_FLUSH)
      at += Int(given - stream.pointee.avail_in)
      output.setCount(output.count + Int(room - stream.pointee.avail_out))
      if status == Z_STREAM_END { return }
      guard status == Z_OK || status == Z_BUF_ERROR else {
        throw LakeError(.defect, "zlib refused to deflate: status \(status)")
      }
      if !finish && at == count && stream.pointee.avail_out > 0 { return }
    }
  }
}
