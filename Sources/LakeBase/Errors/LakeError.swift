// Spec: codes. One error type for the whole project.

/// What went wrong, where, and what to do next. One reference wide, so throwing it is cheap.
///
/// Where a problem is seen, code and offset are set; where the name is known, `at(_:)` adds the
/// path; at operation level, `during(_:)` adds what we were doing.
public struct LakeError: Error, Sendable {
  /// A coarse class: two kinds differ only where a caller would act differently.
  public enum Kind: String, Sendable, CaseIterable {
    case usage, notFound, alreadyExists, invalidInput, rejected, corrupted, unsupported, conflict
    case busy, outcomeUnknown, expired, unavailable, permissionDenied, resources, limitExceeded
    case cancelled, defect

    /// The exit status of the command for this kind. [CODE-3]
    public var exitStatus: Int32 {
      switch self {
      case .usage, .alreadyExists: 2
      case .invalidInput, .rejected: 6
      case .notFound: 7
      case .unsupported, .limitExceeded: 8
      case .conflict: 5
      case .busy: 9
      case .outcomeUnknown: 10
      case .expired: 11
      case .corrupted: 12
      case .resources: 13
      case .unavailable, .permissionDenied, .defect: 1
      case .cancelled: 130
      }
    }
  }

  private final class Box: Sendable {
    let kind: Kind
    let code: LakeCode
    let message: String
    let path: String?
    let offset: Int?
    let hint: String?
    let trail: [String]
    let facts: [(name: String, value: String)]

    init(
      _ kind: Kind, _ code: LakeCode, _ message: String, _ path: String?, _ offset: Int?,
      _ hint: String?, _ trail: [String], _ facts: [(name: String, value: String)]
    ) {
      self.kind = kind
      self.code = code
      self.message = message
      self.path = path
      self.offset = offset
      self.hint = hint
      self.trail = trail
      self.facts = facts
    }
  }

  private let box: Box

  private init(_ box: Box) { self.box = box }

  /// - Parameters:
  ///   - kind: only where it differs from the code's own kind: a malformed file is `corrupted` when
  ///     it is part of a table and `invalidInput` when it is input.
  ///   - offset: in bytes from the start of the file.
  public init(
    _ code: LakeCode, _ message: String, path: String? = nil, offset: Int? = nil,
    hint: String? = nil, kind: Kind? = nil, facts: [(name: String, value: String)] = []
  ) {
    box = Box(kind ?? code.kind, code, message, path, offset, hint, [], facts)
  }

  public var kind: Kind { box.kind }
  public var code: LakeCode { box.code }
  /// What is wrong, with the offending value.
  public var message: String { box.message }
  /// The file, relative to the table where it belongs to one.
  public var path: String? { box.path }
  /// Byte offset in the file, where there is one.
  public var offset: Int? { box.offset }
  /// The next step for a person.
  public var hint: String? { box.hint }
  /// What we were doing, outermost first.
  public var trail: [String] { box.trail }
  /// Named details (`table`, `wanted`, `oldest`, …), in the order in which they are shown.
  public var facts: [(name: String, value: String)] { box.facts }

  /// Whether the same call may succeed later without any change.
  public var isRetryable: Bool {
    kind == .conflict || kind == .busy || kind == .unavailable
  }

  /// The same error with the file it was seen in; an inner path is kept.
  public func at(_ path: String) -> LakeError {
    box.path != nil ? self : copy(path: path)
  }

  /// The same error with its bare file name put into `directory`; a path is kept.
  public func below(_ directory: String) -> LakeError {
    guard let path = box.path, !path.contains("/") else { return self }
    return copy(path: directory + "/" + path)
  }

  /// The same error with an offset shifted by `base`, for a reader that worked on a slice.
  public func shifted(by base: Int) -> LakeError {
    guard let offset = box.offset else { return self }
    return copy(offset: offset &+ base)
  }

  /// The same error with an operation put in front of the trail.
  public func during(_ operation: String) -> LakeError {
    copy(trail: [operation] + box.trail)
  }

  /// The same error with a hint, unless it has one already.
  public func hinting(_ hint: String) -> LakeError {
    box.hint != nil ? self : copy(hint: hint)
  }

  /// The same error as another kind: damage in a table is `corrupted`, in an input `invalidInput`.
  public func asKind(_ kind: Kind) -> LakeError { copy(kind: kind) }

  /// The same error with one more named detail.
  public func with(_ name: String, _ value: String) -> LakeError {
    copy(facts: box.facts + [(name, value)])
  }

  private func copy(
    kind: Kind? = nil, path: String? = nil, offset: Int? = nil, hint: String? = nil,
    trail: [String]? = nil, facts: [(name: String, value: String)]? = nil
  ) -> LakeError {
    LakeError(
      Box(
        kind ?? box.kind, box.code, box.message, path ?? box.path, offset ?? box.offset,
        hint ?? box.hint, trail ?? box.trail, facts ?? box.facts))
  }
}

extension LakeError: CustomStringConvertible {
  public var description: String {
    var text = "\(code.text): \(message)"
    if let path { text += " [\(path)" + (offset.map { " @\($0)" } ?? "") + "]" }
    return text
  }
}

/// Adds the file's name to any error that leaves `body`.
@inlinable
public func naming<T>(
  _ path: @autoclosure () -> String, _ body: () throws(LakeError) -> T
) throws(LakeError) -> T {
  do { return try body() } catch { throw error.at(path()) }
}
