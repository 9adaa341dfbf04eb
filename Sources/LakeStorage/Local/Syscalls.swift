// Spec: 15-storage. The only place with system calls; everything above it speaks LakeError.
import CIntrinsics
import LakeBase

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the system answered instead of doing what it was asked.
struct SystemFailure: Error, Hashable {
  let number: Int32
  init(_ number: Int32) { self.number = number }
  /// The system's own words.
  var text: String { strerror(number).map { String(cString: $0) } ?? "error \(number)" }
}

/// What `fstat` and `fstatat` tell.
struct FileStatus: Hashable {
  let device: UInt64
  let inode: UInt64
  let size: Int
  let kind: FileEntry.Kind
  let links: Int
  let modified: Int64
}

/// How paths are resolved below the root: by the kernel, or one segment at a time where the kernel
/// cannot.
enum Resolution { case kernel, segments }

/// Every function keeps its descriptors open until the system has answered, whatever the caller
/// does.
enum Syscalls {
  // Flags of openat2(2); the libc's headers do not have them.
  private static let resolveNoMounts: UInt64 = 0x01
  private static let resolveNoLinks: UInt64 = 0x04
  private static let resolveBeneath: UInt64 = 0x08

  /// Whether the kernel resolves paths beneath a directory; `ENOSYS` and `EPERM` (a filter) say no.
  static let resolution: Resolution = {
    do throws(SystemFailure) {
      let slash = try root("/")
      _ = try kernelOpen(slash, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, sameMount: false)
      return .kernel
    } catch { return .segments }
  }()

  private static func check(_ status: Int32) throws(SystemFailure) {
    if status != 0 { throw SystemFailure(errno) }
  }

  private static func repeating(_ call: () -> Int) throws(SystemFailure) -> Int {
    while true {
      let answer = call()
      if answer >= 0 { return answer }
      if errno != EINTR { throw SystemFailure(errno) }
    }
  }

  // MARK: Opening

  /// The root of a storage; the root itself may be a link.
  static func root(_ path: String) throws(SystemFailure) -> Descriptor {
    let number = try repeating { Int(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) }
    return Descriptor(Int32(truncatingIfNeeded: number))
  }

  /// Opens below `root` without following any link (H10).
  static func openBeneath(
    _ root: Descriptor, _ path: String, _ flags: Int32, sameMount: Bool = false,
    by resolution: Resolution
  ) throws(SystemFailure) -> Descriptor {
    defer { withExtendedLifetime(root) {} }
    let all = flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    switch resolution {
    case .kernel: return try kernelOpen(root, path, all, sameMount: sameMount)
    case .segments: return try segmentOpen(root, path, all, sameMount: sameMount)
    }
  }

  private static func kernelOpen(
    _ root: Descriptor, _ path: String, _ flags: Int32, sameMount: Bool
  ) throws(SystemFailure) -> Descriptor {
    defer { withExtendedLifetime(root) {} }
    let resolve = resolveBeneath | resolveNoLinks | (sameMount ? resolveNoMounts : 0)
    let how = [UInt64(UInt32(bitPattern: flags)), 0, resolve]
    let number = try repeating {
      lake_openat2(root.number, path.isEmpty ? "." : path, how)
    }
    return Descriptor(Int32(truncatingIfNeeded: number))
  }

  private static func segmentOpen(
    _ root: Descriptor, _ path: String, _ flags: Int32, sameMount: Bool
  ) throws(SystemFailure) -> Descriptor {
    defer { withExtendedLifetime(root) {} }
    let folder = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
    let device = try status(of: root).device
    let start = try repeating { Int(openat(root.number, ".", folder)) }
    var here = Descriptor(Int32(truncatingIfNeeded: start))
    let segments = path.split(separator: "/").map(String.init)
    for (index, segment) in segments.enumerated() {
      let mode = index == segments.count - 1 ? flags : folder
      let base = here
      let number = try repeating { Int(openat(base.number, segment, mode)) }
      withExtendedLifetime(base) {}
      here = Descriptor(Int32(truncatingIfNeeded: number))
      if sameMount, try status(of: here).device != device { throw SystemFailure(EXDEV) }
    }
    return here
  }

  /// A new file in an open directory; an existing name, of whatever kind, is `EEXIST`.
  static func createNew(
    _ directory: Descriptor, _ name: String, mode: mode_t = 0o644
  ) throws(SystemFailure) -> Descriptor {
    defer { withExtendedLifetime(directory) {} }
    let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let number = try repeating { Int(openat(directory.number, name, flags, mode)) }
    return Descriptor(Int32(truncatingIfNeeded: number))
  }

  /// A file that is made when it is not there: the gate and its owner note only.
  static func openOrCreate(_ directory: Descriptor, _ name: String) throws(SystemFailure)
    -> Descriptor
  {
    defer { withExtendedLifetime(directory) {} }
    let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    do {
      let number = try repeating { Int(openat(directory.number, name, flags, 0o644)) }
      return Descriptor(Int32(truncatingIfNeeded: number))
    } catch  where [EROFS, EACCES, EPERM].contains(error.number) {
      let reading = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
      guard let number = try? repeating({ Int(openat(directory.number, name, reading)) }) else {
        throw error
      }
      return Descriptor(Int32(truncatingIfNeeded: number))
    }
  }

  // MARK: Reading

  static func status(of file: Descriptor) throws(SystemFailure) -> FileStatus {
    defer { withExtendedLifetime(file) {} }
    var answer = stat()
    try check(fstat(file.number, &answer))
    return FileStatus(answer)
  }

  static func status(in directory: Descriptor, _ name: String) throws(SystemFailure) -> FileStatus {
    defer { withExtendedLifetime(directory) {} }
    var answer = stat()
    try check(fstatat(directory.number, name, &answer, AT_SYMLINK_NOFOLLOW))
    return FileStatus(answer)
  }

  /// Reads until `count` bytes are there or the file ends; returns how many came.
  static func read(
    _ file: Descriptor, into target: UnsafeMutableRawPointer, count: Int, at offset: Int
  ) throws(SystemFailure) -> Int {
    defer { withExtendedLifetime(file) {} }
    var done = 0
    while done < count {
      let part = try repeating {
        pread(file.number, target + done, count - done, off_t(offset + done))
      }
      if part == 0 { break }
      done += part
    }
    return done
  }

  /// The names in an open directory with what is known of each, unsorted, without `.` and `..`.
  static func eachName(
    in directory: Descriptor, _ body: (UnsafeRawBufferPointer, FileEntry.Kind?) -> Void
  ) throws(SystemFailure) {
    defer { withExtendedLifetime(directory) {} }
    // A new descriptor: the stream owns and closes it, and starts at the beginning.
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    let own = Int32(truncatingIfNeeded: try repeating { Int(openat(directory.number, ".", flags)) })
    guard let stream = fdopendir(own) else {
      let failure = SystemFailure(errno)
      _ = systemClose(own)
      throw failure
    }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw SystemFailure(errno) }
        return
      }
      let kind = kind(ofEntryType: Int(entry.pointee.d_type))
      withUnsafeBytes(of: &entry.pointee.d_name) { field in
        let name = UnsafeRawBufferPointer(rebasing: field.prefix { $0 != 0 })
        let isDot = name.count <= 2 && name.allSatisfy { $0 == 0x2E }
        if !isDot { body(name, kind) }
      }
    }
  }

  /// The names alone.
  static func names(in directory: Descriptor) throws(SystemFailure) -> [[UInt8]] {
    var names: [[UInt8]] = []
    try eachName(in: directory) { name, _ in names.append(Array(name)) }
    return names
  }

  /// nil where the file system does not tell.
  private static func kind(ofEntryType type: Int) -> FileEntry.Kind? {
    switch type {
    case Int(DT_REG): .file
    case Int(DT_DIR): .directory
    case Int(DT_UNKNOWN): nil
    default: .other
    }
  }

  /// The content of a small system file such as `/proc/self/mountinfo`; empty when it cannot be
  /// read.
  static func systemText(_ path: String) -> String {
    guard let number = try? repeating({ Int(open(path, O_RDONLY | O_CLOEXEC)) }) else { return "" }
    let file = Descriptor(Int32(truncatingIfNeeded: number))
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 12)
    while all.count < 16 << 20 {
      let part = chunk.withUnsafeMutableBytes { target in
        try? repeating { systemRead(file.number, target.baseAddress, target.count) }
      }
      withExtendedLifetime(file) {}
      guard let part, part > 0 else { break }
      all.append(contentsOf: chunk[0..<part])
    }
    return String(decoding: all, as: UTF8.self)
  }

  /// Maps a whole file for reading.
  static func map(_ file: Descriptor, count: Int) throws(SystemFailure) -> UnsafeMutableRawPointer {
    defer { withExtendedLifetime(file) {} }
    guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, file.number, 0),
      start != MAP_FAILED
    else {
      throw SystemFailure(errno)
    }
    return start
  }

  static func unmap(_ start: UnsafeMutableRawPointer, count: Int) { munmap(start, count) }

  /// Forgets the pages of a mapping that begin in `range`; the next look reads them anew.
  static func forget(_ start: UnsafeMutableRawPointer, _ range: Range<Int>) {
    let page = Int(getpagesize())
    let first = range.lowerBound / page * page
    let end = range.upperBound / page * page
    if end > first { madvise(start + first, end - first, MADV_DONTNEED) }
  }

  // MARK: Writing

  /// Writes everything: short writes go on, interruptions are repeated (R6).
  static func writeAll(_ file: Descriptor, _ bytes: UnsafeRawBufferPointer) throws(SystemFailure) {
    defer { withExtendedLifetime(file) {} }
    guard let start = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let part = try repeating { write(file.number, start + done, bytes.count - done) }
      if part == 0 { throw SystemFailure(EIO) }
      done += part
    }
  }

  static func writeAt(_ file: Descriptor, _ bytes: [UInt8], offset: Int) throws(SystemFailure) {
    defer { withExtendedLifetime(file) {} }
    let part = try repeating { pwrite(file.number, bytes, bytes.count, off_t(offset)) }
    if part != bytes.count { throw SystemFailure(EIO) }
  }

  /// Empties a file that is for people only (the gate's owner note).
  static func empty(_ file: Descriptor) throws(SystemFailure) {
    defer { withExtendedLifetime(file) {} }
    try check(ftruncate(file.number, 0))
  }

  static func sync(_ file: Descriptor) throws(SystemFailure) {
    defer { withExtendedLifetime(file) {} }
    _ = try repeating { Int(fsync(file.number)) }
  }

  static func link(_ directory: Descriptor, _ old: String, _ other: Descriptor, _ new: String)
    throws(SystemFailure)
  {
    defer { withExtendedLifetime((directory, other)) {} }
    try check(linkat(directory.number, old, other.number, new, 0))
  }

  static func rename(_ directory: Descriptor, _ old: String, _ new: String) throws(SystemFailure) {
    defer { withExtendedLifetime(directory) {} }
    try check(renameat(directory.number, old, directory.number, new))
  }

  static func renameWithoutReplacing(_ directory: Descriptor, _ old: String, _ new: String)
    throws(SystemFailure)
  {
    defer { withExtendedLifetime(directory) {} }
    try check(lake_rename_sparing(directory.number, old, directory.number, new))
  }

  static func unlink(_ directory: Descriptor, _ name: String, folder: Bool = false)
    throws(SystemFailure)
  {
    defer { withExtendedLifetime(directory) {} }
    try check(unlinkat(directory.number, name, folder ? AT_REMOVEDIR : 0))
  }

  static func makeDirectory(_ directory: Descriptor, _ name: String) throws(SystemFailure) {
    defer { withExtendedLifetime(directory) {} }
    try check(mkdirat(directory.number, name, 0o755))
  }

  /// Makes a directory and those above it, before there is a root to be beneath of.
  static func makeRoot(_ path: String) throws(SystemFailure) {
    if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw SystemFailure(errno)
    }
    try makeRoot(String(path[..<slash]))
    if mkdir(path, 0o755) != 0 && errno != EEXIST { throw SystemFailure(errno) }
  }

  /// Sets both times to now.
  static func touch(_ file: Descriptor) throws(SystemFailure) {
    defer { withExtendedLifetime(file) {} }
    try check(futimens(file.number, nil))
  }

  // MARK: Locks and identity

  /// Tries to lock a file; false when somebody else holds it.
  static func tryLock(_ file: Descriptor, shared: Bool = false) throws(SystemFailure) -> Bool {
    defer { withExtendedLifetime(file) {} }
    do {
      _ = try repeating { Int(flock(file.number, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB)) }
      return true
    } catch  where error.number == EWOULDBLOCK {
      return false
    }
  }

  static func unlock(_ file: Descriptor) {
    defer { withExtendedLifetime(file) {} }
    _ = flock(file.number, LOCK_UN)
  }

  /// The magic number of the file system that holds an open file.
  static func fileSystemMagic(_ file: Descriptor) -> UInt64? {
    defer { withExtendedLifetime(file) {} }
    return UInt64(exactly: lake_file_system_magic(file.number))
  }

  static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func processNumber() -> Int32 { getpid() }

  /// How many descriptors this process may have open.
  static func descriptorLimit() -> Int {
    let limit = sysconf(Int32(_SC_OPEN_MAX))
    return limit > 0 ? limit : 1024
  }

  static func currentDirectory() -> String {
    guard let text = getcwd(nil, 0) else { return "/" }
    defer { free(text) }
    return String(cString: text)
  }
}

private func systemClose(_ number: Int32) -> Int32 { close(number) }
private func systemRead(_ file: Int32, _ target: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(file, target, count)
}

extension FileStatus {
  fileprivate init(_ answer: stat) {
    device = UInt64(answer.st_dev)
    inode = UInt64(answer.st_ino)
    size = Int(answer.st_size)
    kind =
      switch answer.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      default: .other
      }
    links = Int(answer.st_nlink)
    modified = Int64(answer.st_mtim.tv_sec) * 1000 + Int64(answer.st_mtim.tv_nsec) / 1_000_000
  }
}
