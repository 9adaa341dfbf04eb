// Spec: 01-terms. What a person or a log may want to know while work goes on.

/// Receives decisions, warnings and progress. Faces decide what becomes of them.
public struct Journal: Sendable {
  public enum Entry: Sendable {
    /// Something a person should see even without asking, for example a format that was guessed.
    case note(String)
    case warning(String)
    /// A decision, shown with `-v`.
    case decision(String)
    /// A phase with its name, shown with `-vv`.
    case phase(String)
    /// Work done so far: rows, bytes, and the total bytes where they are known.
    case progress(rows: Int, bytes: Int, ofBytes: Int?)
  }

  public let receive: @Sendable (Entry) -> Void
  public init(_ receive: @escaping @Sendable (Entry) -> Void) { self.receive = receive }
  public static let silent = Journal { _ in }

  public func note(_ text: String) { receive(.note(text)) }
  public func warning(_ text: String) { receive(.warning(text)) }
  public func decision(_ text: String) { receive(.decision(text)) }
  public func phase(_ text: String) { receive(.phase(text)) }
}
