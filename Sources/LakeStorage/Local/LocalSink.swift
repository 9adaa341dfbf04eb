// Spec: 15-storage. One new local file: exclusive, buffered, every answer checked (R6).
import LakeBase

/// Bytes on their way to one new file. The barrier (`settleAll`) makes it durable.
final class LocalSink: ByteSink {
  static let bufferBytes = 512 << 10

  private let file: Descriptor
  private let directory: Descriptor
  private let path: StoragePath
  private let ledger: BarrierLedger
  private let buffer = GrowingBuffer()
  private var failure: LakeError?
  private var isEnded = false
  private(set) var count = 0

  init(_ file: Descriptor, in directory: Descriptor, _ path: StoragePath, _ ledger: BarrierLedger) {
    self.file = file
    self.directory = directory
    self.path = path
    self.ledger = ledger
  }

  deinit { abandon() }

  func write(_ bytes: UnsafeRawBufferPointer) throws(LakeError) {
    if let failure { throw failure }
    precondition(!isEnded, "a sink takes no bytes after its end")
    if bytes.isEmpty { return }
    if buffer.count + bytes.count > Self.bufferBytes { try flush() }
    if bytes.count >= Self.bufferBytes {
      try send(bytes)
    } else {
      if buffer.capacity == 0 { buffer.reserve(Self.bufferBytes) }
      buffer.append(bytes)
    }
    count += bytes.count
  }

  func finish() throws(LakeError) -> Int {
    if let failure { throw failure }
    precondition(!isEnded, "a sink ends once")
    try flush()
    isEnded = true
    try ledger.finished(path, file)
    return count
  }

  func abandon() {
    if isEnded { return }
    isEnded = true
    try? file.close()
    try? Syscalls.unlink(directory, path.name)
    ledger.forget(path)
  }

  private func flush() throws(LakeError) {
    if buffer.count == 0 { return }
    try send(UnsafeRawBufferPointer(start: buffer.pointer, count: buffer.count))
    buffer.removeAll()
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws(LakeError) {
    do throws(SystemFailure) {
      try Syscalls.writeAll(file, bytes)
    } catch {
      let told = error.lakeError("cannot write", path, writing: true)
      failure = told
      abandon()
      throw told
    }
  }
}
