// Spec: 09-metadata-table. One index: its file groups, and where in them a key is.
import HudiModel
import LakeBase
import LakeStorage
import Synchronization

/// One partition of the metadata table at a snapshot.
public final class MetadataPartition: Sendable {
  public let name: String
  /// The newest slice of each file group, by file id: the place is the group's number. [MDT-6]
  public let slices: [FileSlice]
  private let reader: MetadataReader
  private let opened: Mutex<[Int: MetadataSlice]>

  init(_ name: String, _ reader: MetadataReader) throws(LakeError) {
    let directory = try reader.directory(name)
    let inner = try PartitionPath(name)
    let entries: [FileEntry]
    do throws(LakeError) {
      entries = try reader.storage.list(directory)
    } catch {
      guard error.code == .fileNotFound else { throw error }
      throw LakeError(
        .metadataTableMissing, "the properties name the index \(name), and it is not there",
        path: directory.text)
    }
    // A base file that is not believed must not part the log files of the slice before it.
    let seen = entries.filter { entry in
      guard entry.kind == .file else { return false }
      guard case .base(let base) = DataFileName(entry.name) else { return true }
      return base.format == .hfile && reader.inputs.filter.admits(base.instant)
    }
    self.name = name
    self.reader = reader
    opened = Mutex([:])
    slices = FileSystemView(TableListing([(inner, seen)]), reader.inputs).latestSlices
    if slices.isEmpty {
      throw LakeError(
        .metadataTableMalformed, "the index \(name) has no file group", path: directory.text)
    }
  }

  func slice(_ group: Int) throws(LakeError) -> MetadataSlice {
    if let known = opened.withLock({ $0[group] }) { return known }
    let made = try MetadataSlice(slices[group], reader)
    return opened.withLock { known in
      if let known = known[group] { return known }
      known[group] = made
      return made
    }
  }

  // MARK: Reading

  /// The records of some keys, in their order; nil where there is none. Opens only the file groups
  /// that the keys hash to and reads only the blocks that can hold them. [MDT-10]
  ///
  /// - Parameters:
  ///   - among: the file groups that the hash counts; nil: all.
  ///   - hashed: what of a key is hashed; nil: all of it.
  public func lookup(
    _ keys: [String], among: Range<Int>? = nil, hashed: ((String) -> String)? = nil
  ) throws(LakeError) -> [MetadataRecord.Content?] {
    var found = [MetadataRecord.Content?](repeating: nil, count: keys.count)
    let groups = among ?? 0..<slices.count
    if groups.isEmpty { return found }
    var byGroup: [Int: [Int]] = [:]
    for (index, key) in keys.enumerated() {
      let number = MetadataKeys.fileGroup(hashed?(key) ?? key, of: groups.count)
      byGroup[groups.lowerBound + number, default: []].append(index)
    }
    for (group, indexes) in byGroup {
      let sorted = indexes.sorted {
        keys[$0].utf8.lexicographicallyPrecedes(keys[$1].utf8)
      }
      let values = try slice(group).find(sorted: sorted.map { Buffer(utf8: keys[$0]) })
      for (index, value) in zip(sorted, values) { found[index] = value }
    }
    return found
  }

  /// All live records whose keys start with `prefix`, by key. Reads every file group, but only the
  /// blocks that can hold the prefix.
  public func records(prefix: String = "") throws(LakeError) -> [MetadataRecord] {
    try records(prefix: prefix, in: 0..<slices.count)
  }

  /// The same from some file groups only.
  public func records(
    prefix: String, in groups: Range<Int>
  ) throws(LakeError) -> [MetadataRecord] {
    let parts = try reader.world.workers.map(Array(groups)) { group throws(LakeError) in
      try self.slice(group).records(prefix: Buffer(utf8: prefix))
    }
    return parts.flatMap { $0 }.sorted { $0.key < $1.key }
  }
}
