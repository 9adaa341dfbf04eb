// Spec: 14-text-rows. Where text comes from, a chunk at a time.
import LakeBase
import LakeCodecs

/// Bytes of text in order. Chunks are about 1 MiB; their borders mean nothing.
public protocol TextInput: AnyObject {
  /// The next chunk, never empty, or nil at the end.
  func next() throws(LakeError) -> Buffer?
}

/// A file, or anything with random access, from its first byte to its last.
public final class SourceText: TextInput {
  private let source: any ByteSource
  private let chunkBytes: Int
  private var position = 0

  public init(_ source: any ByteSource, chunkBytes: Int = 1 << 20) {
    precondition(chunkBytes > 0, "a chunk has bytes")
    self.source = source
    self.chunkBytes = chunkBytes
  }

  public func next() throws(LakeError) -> Buffer? {
    guard position < source.count else { return nil }
    let end = Swift.min(source.count, position + chunkBytes)
    let chunk = try source.read(position..<end)
    position = end
    return chunk
  }
}

/// Whatever a closure hands out, for example standard input; an empty buffer is skipped.
public final class ClosureText: TextInput {
  private let body: () throws(LakeError) -> Buffer?

  public init(_ body: @escaping () throws(LakeError) -> Buffer?) { self.body = body }

  public func next() throws(LakeError) -> Buffer? {
    while let chunk = try body() {
      if !chunk.isEmpty { return chunk }
    }
    return nil
  }
}

/// Another input, decompressed.
public final class DecodedText: TextInput {
  private let input: any TextInput
  private let decoder: StreamDecoder
  private let output = GrowingBuffer()
  private var chunk = Buffer()
  private var position = 0
  private var isFull = false
  private var isDone = false
  private static let pieceBytes = 1 << 20

  /// - Parameter codec: gzip or zstd.
  public init(
    _ input: any TextInput, _ codec: Codec, limits: Limits = .standard
  ) throws(LakeError) {
    self.input = input
    decoder = try StreamDecoder(codec, limits: limits)
  }

  public func next() throws(LakeError) -> Buffer? {
    do throws(LakeError) { return try decoded() } catch { throw error.asKind(.invalidInput) }
  }

  private func decoded() throws(LakeError) -> Buffer? {
    while output.count < Self.pieceBytes && !isDone {
      if position == chunk.count && !isFull {
        guard let more = try input.next() else {
          try decoder.finish()
          isDone = true
          break
        }
        chunk = more
        position = 0
      }
      let before = output.count
      let limit = Self.pieceBytes - before
      position = try decoder.decode(chunk, from: position, into: output, atMost: limit)
      isFull = output.count - before == limit
    }
    return output.count == 0 ? nil : output.take()
  }
}

/// Another input that can be read a second time from its beginning, as long as no more than a
/// given number of bytes was read before.
public final class ReplayText: TextInput {
  private let input: any TextInput
  private let bytesMax: Int
  private var kept: [Buffer] = []
  private var keptBytes = 0
  private var position = 0
  private var isRecording = true
  private var isDone = false

  public init(_ input: any TextInput, bytesMax: Int = 64 << 20) {
    self.input = input
    self.bytesMax = bytesMax
  }

  /// Whether the first pass ended before the end of the input, because the limit was reached.
  public private(set) var isPartial = false

  public func next() throws(LakeError) -> Buffer? {
    if position < kept.count {
      position += 1
      return kept[position - 1]
    }
    if isDone { return nil }
    if isRecording && keptBytes >= bytesMax {
      isPartial = true
      return nil
    }
    guard let chunk = try input.next() else {
      isDone = true
      return nil
    }
    if isRecording {
      kept.append(chunk)
      keptBytes += chunk.count
      position += 1
    }
    return chunk
  }

  /// The first bytes, without consuming them.
  public func peek() throws(LakeError) -> Buffer {
    if kept.isEmpty && isRecording, try next() != nil { position = 0 }
    return kept.first ?? Buffer()
  }

  /// Starts again at the first byte for one more look; what is read is still kept.
  public func restart() { position = 0 }

  /// Starts again at the first byte, for the second and last pass: what is read is kept no longer.
  public func rewind() {
    kept = Array(kept)
    position = 0
    isRecording = false
  }
}
