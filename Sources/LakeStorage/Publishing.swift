// Spec: 13-concurrency. How a small file becomes visible exactly once (R16), and what is said when
// the store does not answer (R17). The same code runs on a disk and in simulation.
import LakeBase

/// The few steps from which a publication is made. Each is one operation of the store.
public protocol PublishSteps {
  var guarantees: StorageGuarantees { get }
  /// A new file with these bytes, durable; a failure leaves no file as far as that is possible.
  func writeWhole(_ bytes: Buffer, at path: StoragePath) throws(LakeError)
  /// A second name for a file; a taken one is `fileExists`.
  func linkName(_ path: StoragePath, as other: StoragePath) throws(LakeError)
  /// Another name in the same directory; without `replacing` a taken one is `fileExists`.
  func renameName(_ path: StoragePath, to other: StoragePath, replacing: Bool) throws(LakeError)
  /// Whether two names are one file; false when either is absent.
  func isSameFile(_ path: StoragePath, _ other: StoragePath) throws(LakeError) -> Bool
  /// Whether the file holds exactly these bytes; nil when there is none.
  func holds(_ bytes: Buffer, at path: StoragePath) throws(LakeError) -> Bool?
  /// Makes the names in a directory durable.
  func settleNames(in directory: StoragePath) throws(LakeError)
  /// Removes a prepared file; failures do not matter.
  func discard(_ path: StoragePath)
}

/// One publication: prepare under a name that readers ignore, give it its name, make the name
/// durable.
public struct Publishing {
  private enum Finding { case mine, absent, other, unreadable }

  private let steps: any PublishSteps
  private let bytes: Buffer
  private let path: StoragePath
  private let temporary: StoragePath
  private let mode: PublishMode

  /// Tries of one publication whose answer is lost while the name stays absent.
  static let attempts = 3

  /// - Parameter identifier: makes the name of the prepared file unique.
  public static func publish(
    _ bytes: Buffer, at path: StoragePath, _ mode: PublishMode, on steps: any PublishSteps,
    identifier: String
  ) throws(LakeError) -> PublishOutcome {
    let temporary = try TableNames.temporary(for: path, identifier)
    let work = Publishing(
      steps: steps, bytes: bytes, path: path, temporary: temporary, mode: mode)
    return try work.run()
  }

  private func run() throws(LakeError) -> PublishOutcome {
    try steps.writeWhole(bytes, at: temporary)
    defer { steps.discard(temporary) }
    // From the first attempt on the only way is forward: an answer that is lost is looked up, never
    // taken for a failure.
    var doubtful = false
    for _ in 0..<Self.attempts {
      do throws(LakeError) {
        try give()
        return settled()
      } catch {
        if error.code == .ioFailed {
          doubtful = true
        } else if error.code != .fileExists && !doubtful {
          throw error
        }
        switch find(taken: error.code == .fileExists) {
        case .mine: return settled()
        case .other where mode == .ifAbsent: return .exists
        case .other, .absent: continue
        case .unreadable: return .unknown
        }
      }
    }
    return .unknown
  }

  /// Gives the prepared file its name: the commit point.
  private func give() throws(LakeError) {
    switch mode {
    case .replacing: try steps.renameName(temporary, to: path, replacing: true)
    case .ifAbsent where steps.guarantees.contains(.link):
      try steps.linkName(temporary, as: path)
    case .ifAbsent where steps.guarantees.contains(.renameWithoutReplace):
      try steps.renameName(temporary, to: path, replacing: false)
    case .ifAbsent:
      throw LakeError(
        .primitiveMissing,
        "storage: it lacks link and a rename that does not replace; "
          + "lake cannot commit exactly once here; nothing was committed",
        path: path.text)
    }
  }

  /// The name is there and ours. Success is reported only once it is durable.
  private func settled() -> PublishOutcome {
    for _ in 0..<2 {
      do throws(LakeError) {
        try steps.settleNames(in: path.parent)
        return .done
      } catch {
        // Only a name that still holds our bytes is worth another try.
        if find(taken: false) != .mine { return .unknown }
      }
    }
    return .unknown
  }

  private func find(taken: Bool) -> Finding {
    do throws(LakeError) {
      if try steps.isSameFile(temporary, path) { return .mine }
      guard let equal = try steps.holds(bytes, at: path) else { return .absent }
      // An empty file proves nothing: it could be anybody's.
      if equal && !bytes.isEmpty { return .mine }
      if bytes.isEmpty && equal && !taken { return .unreadable }
      return .other
    } catch {
      return .unreadable
    }
  }
}
