// The real command in a process of its own: signals and pipes cannot be tried in memory.
import Glibc

/// A running `lake`.
final class Spawned {
  private var process: pid_t = 0
  private var input: Int32 = -1
  private let output: Int32
  private let complaints: Int32

  /// The command that was built beside these tests.
  static let command: String? = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    let own = buffer[0..<count].map { UInt8(bitPattern: $0) }
    var parts = String(decoding: own, as: UTF8.self).split(separator: "/")
    parts.removeLast()
    let built = "/" + parts.joined(separator: "/") + "/lake"
    if access(built, X_OK) == 0 { return built }
    return CommandLine.arguments.compactMap { argument -> String? in
      guard let end = argument.firstRange(of: "/lakePackageTests.xctest")?.lowerBound else {
        return nil
      }
      let path = argument[..<end] + "/lake"
      return access(String(path), X_OK) == 0 ? String(path) : nil
    }.first
  }()

  /// Starts `lake` with these words; standard input is a pipe that stays open until `closeInput`.
  /// - Parameter through: words of a program that starts the command, for example under a limit.
  init?(_ words: [String], environment: [String] = [], through: [String] = []) {
    guard let built = Self.command else { return nil }
    let line = through + [built] + words
    let command = line[0]
    var inputPipe: [Int32] = [0, 0]
    var outputPipe: [Int32] = [0, 0]
    var errorPipe: [Int32] = [0, 0]
    guard pipe(&inputPipe) == 0, pipe(&outputPipe) == 0, pipe(&errorPipe) == 0 else { return nil }
    for end in inputPipe + outputPipe + errorPipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, inputPipe[0], 0)
    posix_spawn_file_actions_adddup2(&actions, outputPipe[1], 1)
    posix_spawn_file_actions_adddup2(&actions, errorPipe[1], 2)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var arguments = line.map { strdup($0) } + [nil]
    var variables = (["PATH=/usr/bin:/bin"] + environment).map { strdup($0) } + [nil]
    defer { for text in arguments + variables { free(text) } }
    input = inputPipe[1]
    output = outputPipe[0]
    complaints = errorPipe[0]
    let status = posix_spawn(&process, command, &actions, nil, &arguments, &variables)
    for end in [inputPipe[0], outputPipe[1], errorPipe[1]] { close(end) }
    if status != 0 { return nil }
  }

  deinit {
    closeInput()
    close(output)
    close(complaints)
  }

  func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  func write(_ text: String) { _ = text.withCString { Glibc.write(input, $0, strlen($0)) } }
  func signal(_ number: Int32) { kill(process, number) }

  /// The first bytes of standard output.
  func readSome(_ limit: Int) -> String {
    var chunk = [UInt8](repeating: 0, count: limit)
    let count = read(output, &chunk, limit)
    return String(decoding: chunk[0..<max(0, count)], as: UTF8.self)
  }

  /// Stops reading, as `head` does.
  func closeOutput() {
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    dup2(nothing, output)
    _ = fcntl(output, F_SETFD, FD_CLOEXEC)
    close(nothing)
  }

  /// Waits for the end; nil when a signal ended it.
  func end() -> (status: Int32?, out: String, err: String) {
    let out = readAll(output)
    let err = readAll(complaints)
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1 && errno == EINTR {}
    return (status & 0x7F == 0 ? (status >> 8) & 0xFF : nil, out, err)
  }

  private func readAll(_ file: Int32) -> String {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &chunk, chunk.count)
      if count <= 0 { return String(decoding: all, as: UTF8.self) }
      all += chunk[0..<count]
    }
  }
}

/// A new directory that is removed at the end.
final class Scratch {
  let path: String

  init() {
    var template = Array("/tmp/lake-cli-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
  }

  deinit { Self.erase(path) }

  private static func erase(_ path: String) {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = Self.name(entry)
        if name != "." && name != ".." { erase(path + "/" + name) }
      }
      closedir(directory)
    }
    remove(path)
  }

  private static func name(_ entry: UnsafeMutablePointer<dirent>) -> String {
    withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
  }

  /// Writes a file and gives its path.
  func file(_ name: String, _ text: String) -> String {
    file(name, bytes: Array(text.utf8))
  }

  @discardableResult
  func file(_ name: String, bytes: [UInt8]) -> String {
    let whole = path + "/" + name
    guard let file = fopen(whole, "wb") else { return whole }
    _ = fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return whole
  }

  /// Every file below, with its bytes.
  func content(below folder: String = "") -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    let root = folder.isEmpty ? path : path + "/" + folder
    func walk(_ at: String) {
      guard let directory = opendir(at) else { return }
      defer { closedir(directory) }
      while let entry = readdir(directory) {
        let name = Self.name(entry)
        if name == "." || name == ".." { continue }
        if entry.pointee.d_type == UInt8(DT_DIR) {
          walk(at + "/" + name)
        } else {
          found[String((at + "/" + name).dropFirst(root.count + 1))] = Self.bytes(at + "/" + name)
        }
      }
    }
    walk(root)
    return found
  }

  /// A whole file.
  static func text(_ path: String) -> String? {
    let bytes = bytes(path)
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  private static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return all }
      all += chunk[0..<count]
    }
  }
}
