// LakeTestKit: what every suite shares. `.spec("ID")` ties a test to a sentence of Spec/;
// `Fixtures` finds tables and files other programs wrote; the simulated and faulty storages live
// beside them.
import Testing

/// Names the sentences of Spec/ that a test proves; TidyTests reads these names from the source
/// text.
public struct SpecTrait: TestTrait, SuiteTrait {
  public let identifiers: [String]
  public var isRecursive: Bool { true }
  public var comments: [Comment] { identifiers.map { Comment(rawValue: "Spec \($0)") } }
}

extension Trait where Self == SpecTrait {
  public static func spec(_ identifiers: String...) -> Self { SpecTrait(identifiers: identifiers) }
}
