// Spec: 16-command-line. Standard input, output and error: the command's doors to the system.
import LakeBase

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The three streams every process is given.
public enum StandardStream: Int32, Sendable {
  case input = 0
  case output = 1
  case error = 2

  /// Whether a person sits at the other end.
  public var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Columns of the terminal behind this stream; nil when there is none or it does not say.
  public var width: Int? {
    var size = winsize()
    guard ioctl(rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }


  /// Writes all bytes. Returns false when the reader at the other end has gone; throws `diskFull`
  /// or `ioFailed` otherwise.
  public func write(_ buffer: Buffer) throws(LakeError) -> Bool {
    defer { withExtendedLifetime(buffer) {} }
    var done = 0
    while done < buffer.count {
      #if canImport(Glibc)
        let count = Glibc.write(rawValue, buffer.pointer + done, buffer.count - done)
      #else
        let count = Musl.write(rawValue, buffer.pointer + done, buffer.count - done)
      #endif
      if count >= 0 {
        done += count
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var wait = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        _ = poll(&wait, 1, 1000)
      case EPIPE: return false
      case ENOSPC, EDQUOT: throw LakeError(.diskFull, "standard output: no space left")
      default: throw LakeError(.ioFailed, "standard output: \(String(cString: strerror(errno)))")
      }
    }
    return true
  }
}

/// Standard input as a stream of bytes.
public final class StandardInput: Sendable {
  private let cancellation: Cancellation
  private let descriptor: Int32

  /// - Parameter cancellation: asked while waiting for input, so that an interrupt is heard.
  public convenience init(_ cancellation: Cancellation = Cancellation()) {
    self.init(cancellation, descriptor: 0)
  }

  /// The same for another open pipe.
  init(_ cancellation: Cancellation, descriptor: Int32) {
    self.cancellation = cancellation
    self.descriptor = descriptor
  }

  /// The next bytes, at most `limit`; empty at the end. Waits for the first byte, not for `limit`.
  public func read(upTo limit: Int) throws(LakeError) -> Buffer {
    let memory = Memory(byteCount: limit)
    while true {
      try cancellation.check()
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&wait, 1, 100) == 0 { continue }
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, memory.start, limit)
      #else
        let count = Musl.read(descriptor, memory.start, limit)
      #endif
      if count >= 0 { return Buffer(memory, count: count) }
      if errno != EINTR && errno != EAGAIN {
        throw LakeError(.ioFailed, "standard input: \(String(cString: strerror(errno)))")
      }
    }
  }
}
