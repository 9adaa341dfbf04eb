// Spec: 15-storage. A folder of a storage as a storage of its own: a table inside a table.
import LakeBase

/// What lies below one folder of another storage. For reading: locks and signs of life are those of
/// the storage around it.
public struct FolderStorage: Storage {
  private let outer: any Storage
  private let folder: StoragePath

  public init(_ outer: any Storage, _ folder: StoragePath) {
    self.outer = outer
    self.folder = folder
  }

  private func place(_ path: StoragePath) throws(LakeError) -> StoragePath {
    path.isRoot ? folder : try StoragePath(folder.text + "/" + path.text)
  }

  public var guarantees: StorageGuarantees { outer.guarantees }
  public var identity: StorageIdentity { outer.identity }
  public var rootDescription: String { outer.rootDescription + "/" + folder.text }
  public var absoluteRoot: String { outer.absoluteRoot + "/" + folder.text }

  public func open(_ path: StoragePath, expectedSize: Int?) throws(LakeError) -> any ByteSource {
    try outer.open(place(path), expectedSize: expectedSize)
  }

  public func list(_ directory: StoragePath) throws(LakeError) -> [FileEntry] {
    try outer.list(place(directory))
  }

  public func listNames(_ directory: StoragePath) throws(LakeError) -> FileNames {
    try outer.listNames(place(directory))
  }

  public func entry(_ path: StoragePath) throws(LakeError) -> FileEntry? {
    try outer.entry(place(path))
  }

  public func create(_ path: StoragePath) throws(LakeError) -> any ByteSink {
    try outer.create(place(path))
  }

  public func publish(
    _ bytes: Buffer, at path: StoragePath, _ mode: PublishMode
  ) throws(LakeError) -> PublishOutcome {
    try outer.publish(bytes, at: place(path), mode)
  }

  public func makeDirectory(_ path: StoragePath) throws(LakeError) {
    try outer.makeDirectory(place(path))
  }

  @discardableResult
  public func delete(_ path: StoragePath) throws(LakeError) -> Bool {
    try outer.delete(place(path))
  }

  public func settle(_ directory: StoragePath) throws(LakeError) {
    try outer.settle(place(directory))
  }

  public func settleAll() throws(LakeError) { try outer.settleAll() }

  public func withGate<T>(
    wait milliseconds: Int64, _ body: () throws(LakeError) -> T
  ) throws(LakeError) -> T {
    try outer.withGate(wait: milliseconds, body)
  }

  public func heartbeat(_ instant: String) throws(LakeError) -> any Heartbeat {
    try outer.heartbeat(instant)
  }

  public func writerIsDead(_ instant: String) throws(LakeError) -> Bool {
    try outer.writerIsDead(instant)
  }

  public func describeStorage() -> StorageReport { outer.describeStorage() }
}
