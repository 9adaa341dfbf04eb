// Spec: 13-concurrency. What was written and is not yet certainly durable: the barrier of R12.
import LakeBase
import Synchronization

/// The files and directories this storage wrote since the last barrier.
///
/// A finished file stays open until the barrier, so that no error of its pages can be lost between
/// a close and a second open. A few stay open; beyond that the oldest is synced and closed at once.
final class BarrierLedger: Sendable {
  private struct State {
    var files: [(path: StoragePath, file: Descriptor)] = []
    var directories: Set<StoragePath> = []
    /// Files whose sync failed: final (R7) until they are deleted.
    var failed: [StoragePath: LakeError] = [:]
  }

  private let state = Mutex(State())
  /// Held while anything is synced: a barrier must not pass files that another thread is still
  /// syncing.
  private let syncing = Mutex(())
  private let openFilesMax: Int
  private let isDurable: Bool
  private let workers: Workers

  init(isDurable: Bool, openFilesMax: Int, workers: Workers) {
    self.isDurable = isDurable
    self.openFilesMax = openFilesMax
    self.workers = workers
  }

  /// A directory got a new entry.
  func touched(_ directory: StoragePath) {
    if !isDurable { return }
    state.withLock { _ = $0.directories.insert(directory) }
  }

  /// Whether a directory has entries that may not be durable.
  func isTouched(_ directory: StoragePath) -> Bool {
    state.withLock { $0.directories.contains(directory) }
  }

  /// A file has all its bytes.
  func finished(_ path: StoragePath, _ file: Descriptor) throws(LakeError) {
    if !isDurable {
      do throws(SystemFailure) { try file.close() } catch {
        throw error.lakeError("cannot close", path, writing: true)
      }
      return
    }
    state.withLock { $0.files.append((path, file)) }
    while state.withLock({ $0.files.count }) > openFilesMax {
      syncing.withLock { _ in
        guard let oldest = state.withLock({ $0.files.isEmpty ? nil : $0.files.removeFirst() })
        else { return }
        if let failure = Self.sync(oldest.path, oldest.file) {
          state.withLock { $0.failed[oldest.path] = failure }
        }
      }
    }
  }

  /// A file is gone; whatever became of its pages does not matter any more.
  func forget(_ path: StoragePath) {
    state.withLock { state in
      state.files.removeAll { $0.path == path }
      state.failed[path] = nil
    }
  }

  private static func sync(_ path: StoragePath, _ file: Descriptor) -> LakeError? {
    do throws(SystemFailure) {
      try Syscalls.sync(file)
      try file.close()
      return nil
    } catch {
      return error.lakeError("cannot make the file durable", path, writing: true)
    }
  }

  /// Files, then directories from the bottom to the root, in parallel within each.
  /// - Parameter open: opens a directory; nil when it is gone.
  func settleAll(
    open: @escaping @Sendable (StoragePath) throws(SystemFailure) -> Descriptor?
  ) throws(LakeError) {
    if !isDurable { return }
    try syncing.withLock { _ throws(LakeError) in
      let (files, directories) = state.withLock { state in
        defer {
          state.files = []
          state.directories = []
        }
        return (state.files, Self.withAncestors(state.directories))
      }
      let lost = try workers.map(files) { file throws(LakeError) in
        Self.sync(file.path, file.file)
      }
      state.withLock { state in
        for (file, failure) in zip(files, lost) where failure != nil {
          state.failed[file.path] = failure
        }
      }
      if let failure = state.withLock({ $0.failed.min { $0.key < $1.key }?.value }) {
        state.withLock { $0.directories.formUnion(directories) }
        throw failure
      }
      let unsettled = try workers.map(directories) { directory throws(LakeError) in
        Self.settle(directory, open)
      }
      guard let failure = unsettled.lazy.compactMap({ $0 }).first else { return }
      state.withLock { $0.directories.formUnion(directories) }
      throw failure
    }
  }

  private static func settle(
    _ directory: StoragePath, _ open: (StoragePath) throws(SystemFailure) -> Descriptor?
  ) -> LakeError? {
    do throws(SystemFailure) {
      // A directory that was removed meanwhile has no names to lose.
      if let descriptor = try open(directory) { try Syscalls.sync(descriptor) }
      return nil
    } catch {
      return error.lakeError("cannot make the directory durable", directory, writing: true)
    }
  }

  /// Each directory and all above it, deepest first: another process may have made those above.
  private static func withAncestors(_ directories: Set<StoragePath>) -> [StoragePath] {
    var all = directories
    for directory in directories {
      var here = directory
      while !here.isRoot {
        here = here.parent
        if !all.insert(here).inserted { break }
      }
    }
    func depth(_ path: StoragePath) -> Int { path.text.utf8.count { $0 == UInt8(ascii: "/") } }
    return all.sorted { (-depth($0), $0.isRoot ? 1 : 0, $0) < (-depth($1), $1.isRoot ? 1 : 0, $1) }
  }
}
