// Spec: 15-storage. What the system says about the file system under a table (R1).
import LakeBase

/// One line of `/proc/self/mountinfo`.
public struct MountEntry: Sendable, Hashable {
  public let identifier: Int
  public let device: String
  public let mountPoint: String
  public let options: [String]
  /// `ext4`, `fuse.s3fs`, `nfs4`, ….
  public let fileSystem: String
  public let source: String
  public let superOptions: [String]

  /// A line as proc(5) describes it; nil when it is not one.
  public init?(line: some StringProtocol) {
    let fields = String(line).utf8.split(separator: 0x20).map { String(Substring($0)) }
    guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 2,
      let identifier = Int(fields[0])
    else { return nil }
    self.identifier = identifier
    device = fields[2]
    mountPoint = Self.unescaped(fields[4])
    options = fields[5].split(separator: ",").map(String.init)
    fileSystem = fields[dash + 1]
    source = Self.unescaped(fields[dash + 2])
    superOptions =
      fields.count > dash + 3 ? fields[dash + 3].split(separator: ",").map(String.init) : []
  }

  /// All options, those of the mount and those of the file system.
  public var allOptions: [String] { options + superOptions }

  /// Spaces and the like stand as `\040` in the table.
  private static func unescaped(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var plain: [UInt8] = []
    var position = 0
    while position < bytes.count {
      let digits = bytes[position...].dropFirst().prefix(3)
      let value = digits.reduce(0) { $0 &* 8 &+ Int($1) &- 48 }
      if bytes[position] == 0x5C, digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }),
        let byte = UInt8(exactly: value)
      {
        plain.append(byte)
        position += 4
      } else {
        plain.append(bytes[position])
        position += 1
      }
    }
    return String(decoding: plain, as: UTF8.self)
  }
}

/// What is known of a store before anything is tried on it. Tests give other facts.
public struct StorageFacts: Sendable, Hashable {
  /// The magic number of statfs(2), if the system told.
  public let magic: UInt64?
  /// The mount that holds the root, if the system told.
  public let mount: MountEntry?

  public init(magic: UInt64?, mount: MountEntry?) {
    self.magic = magic
    self.mount = mount
  }

  init(of directory: Descriptor) {
    let table = Syscalls.systemText("/proc/self/mountinfo")
    let about = Syscalls.systemText("/proc/self/fdinfo/\(directory.number)")
    withExtendedLifetime(directory) {}
    let mark = Array("mnt_id:".utf8)
    let wanted = about.utf8.split(separator: 0x0A).first { $0.starts(with: mark) }
      .flatMap { Int(Substring($0.dropFirst(mark.count).drop { $0 == 0x09 || $0 == 0x20 })) }
    magic = Syscalls.fileSystemMagic(directory)
    mount = wanted.flatMap { Self.entry($0, in: table) }
  }

  /// The line of a mount table with a mount number.
  static func entry(_ identifier: Int, in table: String) -> MountEntry? {
    let start = Array("\(identifier) ".utf8)
    for line in table.utf8.split(separator: 0x0A) where line.starts(with: start) {
      if let entry = MountEntry(line: Substring(line)) { return entry }
    }
    return nil
  }

  /// Changes with every boot of this machine.
  static let bootIdentifier: String = {
    let text = Syscalls.systemText("/proc/sys/kernel/random/boot_id")
    return String(decoding: text.utf8.prefix { $0 > 0x20 }, as: UTF8.self)
  }()
}
