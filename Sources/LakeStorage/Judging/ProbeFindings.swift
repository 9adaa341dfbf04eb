// Spec: 15-storage. What trying the store has shown (R2).
import LakeBase

/// What a probe found missing. A probe that found nothing has empty findings.
public struct ProbeFindings: Sendable, Equatable {
  /// Guarantees the store was thought to give and does not.
  public var lost: StorageGuarantees = []
  public var writesBack = false
  /// What is needed to commit and is not there (S03).
  public var missingPrimitive: String?
  /// A name that came back as another one (S08).
  public var changedName: (wanted: String, got: String)?
  public var evidence: [String] = []

  public init() {}

  public static func == (left: ProbeFindings, right: ProbeFindings) -> Bool {
    left.lost == right.lost && left.writesBack == right.writesBack
      && left.missingPrimitive == right.missingPrimitive && left.evidence == right.evidence
      && left.changedName?.wanted == right.changedName?.wanted
      && left.changedName?.got == right.changedName?.got
  }
}
