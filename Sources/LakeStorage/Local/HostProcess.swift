// Spec: 16-command-line. What a command asks of its own process: environment, signals, memory, the
// end.
import CIntrinsics
import LakeBase

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The running process.
public enum HostProcess {
  /// An environment variable; nil when unset or empty.
  public static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// The directory in which the process was started.
  public static var workingDirectory: String {
    guard let path = getcwd(nil, 0) else { return "." }
    defer { free(path) }
    return String(cString: path)
  }

  /// The most memory the process ever held, in bytes.
  public static var peakMemory: Int {
    var usage = rusage()
    guard getrusage(0 /* RUSAGE_SELF */, &usage) == 0 else { return 0 }
    return Int(usage.ru_maxrss) * 1024
  }

  /// Memory a command may use when nobody says: a quarter of the machine or of the control group's
  /// limit, whichever is less, and at least 64 MiB.
  public static var memoryShare: Int {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let machine = Swift.max(0, pages) * Swift.max(0, sysconf(Int32(_SC_PAGESIZE)))
    let group = number(inFile: "/sys/fs/cgroup/memory.max") ?? machine
    return Swift.max(64 << 20, Swift.min(machine, group) / 4)
  }

  /// Keeps memory that was freed for the next allocation instead of giving it back at once: batches
  /// come and go, and every page taken anew costs a fault under a lock that all threads share. For
  /// programs of our own; in a foreign process the allocator is not ours.
  public static func keepFreedMemory() {
    lake_keep_freed_memory(8 << 20, 64 << 20)
  }

  private static func number(inFile path: String) -> Int? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var text = [UInt8](repeating: 0, count: 64)
    let count = fread(&text, 1, text.count, file)
    let digits = text[0..<count].prefix { $0 >= 0x30 && $0 <= 0x39 }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// Who runs this, for a commit's author: the login name, else `uid:N`.
  public static var userName: String {
    environment("USER") ?? environment("LOGNAME") ?? "uid:\(getuid())"
  }

  /// Makes writing to a closed pipe an error of the write instead of the process's death.
  public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// Calls `first` with the signal's number on the first SIGINT or SIGTERM; a second one ends the
  /// process at once with 128 + number. To be called before any other thread is started.
  public static func onInterrupt(_ first: @escaping @Sendable (Int32) -> Void) {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Listener(first))
    let status = pthread_create(
      &thread, nil,
      { raw in
        guard let raw else { return nil }
        Unmanaged<Listener>.fromOpaque(raw).takeRetainedValue().run()
        return nil
      }, argument.toOpaque())
    if status == 0 {
      pthread_detach(thread)
    } else {
      argument.release()
      pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }
  }

  private final class Listener: Sendable {
    let first: @Sendable (Int32) -> Void
    init(_ first: @escaping @Sendable (Int32) -> Void) { self.first = first }

    func run() {
      var set = sigset_t()
      sigemptyset(&set)
      sigaddset(&set, SIGINT)
      sigaddset(&set, SIGTERM)
      var number: Int32 = 0
      guard sigwait(&set, &number) == 0 else { return }
      first(number)
      guard sigwait(&set, &number) == 0 else { return }
      _exit(128 + number)
    }
  }

  /// Ends the process.
  public static func end(_ status: Int32) -> Never { exit(status) }
}
