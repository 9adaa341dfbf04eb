// Spec: 15-storage. What this directory's file system is, and whether lake writes to it (R1-R4, C).
import LakeBase

extension LocalStorage {
  public func describeStorage() -> StorageReport { report(probe: nil) }

  /// The report with what a probe found; a probe lowers the class and never raises it.
  func report(probe: ProbeFindings?) -> StorageReport {
    let mountPoint = identity.mount
    var found = judgement.storageClass
    var guarantees = judgement.guarantees
    var evidence = judgement.evidence
    var missing: String?
    if let probe {
      guarantees.subtract(probe.lost)
      evidence += probe.evidence
      if probe.writesBack {
        guarantees.insert(.writesBack)
        found = .writeBack
      }
      missing = probe.missingPrimitive
      if missing != nil { found = .writeBack }
    }
    if durability == .none { evidence.append("durability none: nothing is synced on request") }
    return StorageReport(
      storageClass: found, guarantees: guarantees, mountPoint: mountPoint,
      fileSystem: facts.mount?.fileSystem ?? "unknown", source: facts.mount?.source ?? "",
      options: facts.mount?.allOptions ?? [], evidence: evidence, advice: judgement.advice,
      refusal: refusal(found, missing, evidence, probe))
  }

  private func refusal(
    _ found: StorageClass, _ missing: String?, _ evidence: [String], _ probe: ProbeFindings?
  ) -> LakeError? {
    let mount = identity.mount
    if let option = judgement.badOption { return Refusal.option(mount, option) }
    if let missing { return Refusal.missing(mount, missing) }
    if let changed = probe?.changedName {
      return Refusal.nameChanged(changed.wanted, mount, changed.got)
    }
    switch found {
    case .local: return nil
    case .shared, .object: return Refusal.classNotSupported(mount, found)
    case .writeBack:
      let advice = judgement.advice.first.map { $0.prefix(1).uppercased() + $0.dropFirst() }
      return Refusal.writeBack(
        mount, evidence.joined(separator: "; "),
        advice ?? "Use a file system that stores what it acknowledges")
    }
  }
}
