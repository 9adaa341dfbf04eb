// Spec: 15-storage. Names from a table are data (R38, H9).
import LakeBase

/// A path below a storage's root: segments without `.`, `..`, empty ones, NUL or slash.
public struct StoragePath: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The segments joined by `/`; empty for the root itself.
  public let text: String

  /// The root itself.
  public static let root = StoragePath(unchecked: "")

  private init(unchecked text: String) { self.text = text }

  /// Throws `pathInvalid` for a path that could leave the root or that no store can hold.
  public init(_ text: String, limits: Limits = .standard) throws(LakeError) {
    if !text.isEmpty { try Self.check(text, limits) }
    self.text = text
  }

  private static func check(_ text: String, _ limits: Limits) throws(LakeError) {
    func refuse(_ why: String) -> LakeError {
      LakeError(.pathInvalid, "the path \"\(text.debugDescription.dropFirst().dropLast())\" \(why)")
    }
    let bytes = text.utf8.span
    if bytes.count > limits.pathBytesMax {
      throw refuse("is longer than \(limits.pathBytesMax) bytes")
    }
    if text.utf8.contains(0) { throw refuse("contains NUL") }
    var start = 0
    for place in 0...bytes.count where place == bytes.count || bytes[place] == 0x2F {
      let count = place - start
      if count == 0 { throw refuse("has an empty segment") }
      if count <= 2, bytes[start] == 0x2E, bytes[place - 1] == 0x2E {
        throw refuse("has a segment \"\(count == 1 ? "." : "..")\"")
      }
      if count > limits.pathSegmentBytesMax {
        throw refuse("has a segment of more than \(limits.pathSegmentBytesMax) bytes")
      }
      start = place + 1
    }
  }

  public var isRoot: Bool { text.isEmpty }

  /// This path and one or more segments below it.
  public func appending(_ rest: String) throws(LakeError) -> StoragePath {
    try StoragePath(text.isEmpty ? rest : rest.isEmpty ? text : text + "/" + rest)
  }

  /// The last segment; empty for the root.
  public var name: String {
    text.lastIndex(of: "/").map { String(text[text.index(after: $0)...]) } ?? text
  }

  /// The directory that holds this path; the root's parent is the root.
  public var parent: StoragePath {
    StoragePath(unchecked: text.lastIndex(of: "/").map { String(text[..<$0]) } ?? "")
  }

  public var description: String { text }

  // Names are bytes: two Unicode forms of one letter are two names, whatever `String` thinks.
  public static func == (left: StoragePath, right: StoragePath) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }

  public static func < (left: StoragePath, right: StoragePath) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
