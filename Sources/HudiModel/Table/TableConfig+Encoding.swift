// Spec: 03-table-config. hoodie.properties as text, in Java's properties format.
import LakeBase

extension TableConfig {
  /// Reads the bytes of `hoodie.properties`. Throws `limitExceeded` for a file beyond the limit,
  /// `propertiesMalformed` for text that is no properties file, `propertiesChecksum` when Hudi's
  /// checksum or ours is there and wrong. [CONF-12]
  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    let text = try Properties(parsing: bytes, limits: limits)
    if let written = text[Key.checksum] {
      let right = Self.checksum(database: text[Key.database] ?? "", name: text[Key.name] ?? "")
      guard text[Key.name] != nil, written == String(right) else {
        throw LakeError(
          .propertiesChecksum,
          "the checksum of the properties is \(written.debugDescription), not \(right)")
      }
    }
    try Self.verifyOwnChecksum(text, bytes)
    try self.init(
      text.entries.filter { $0.key != Key.lakeChecksum }.map { TableProperty($0.key, $0.value) })
  }

  /// Our own checksum covers every line, Hudi's only the table's name. It consists of the CRC-32C
  /// of the comment lines and that of the properties: where another engine has rewritten the file,
  /// the comments are new, and the checksum it kept as an unknown key says nothing any more.
  /// [CONF-16]
  private static func verifyOwnChecksum(
    _ text: Properties, _ bytes: Buffer
  ) throws(LakeError) {
    guard let told = text[Key.lakeChecksum] else { return }
    let comments = bytes.lossyText.split(separator: "\n").filter { $0.hasPrefix("#") }
      .map { String($0.dropFirst()) }
    let parts = told.split(separator: "-")
    guard parts.count == 2, parts[0] == hex(comments) else { return }
    let body = ownBody(text.entries.map { TableProperty($0.key, $0.value) })
    if parts[1] != body {
      throw LakeError(
        .propertiesChecksum,
        "the properties were changed: their checksum is \(body), not \(parts[1])",
        hint: "if a person edited the file, take the line \(Key.lakeChecksum) out")
    }
  }

  private static func hex(_ comments: [String]) -> String {
    hex(CRC32C.checksum(Array(comments.joined(separator: "\n").utf8)))
  }

  /// The CRC-32C of all properties but the checksum, as they are written.
  private static func ownBody(_ properties: [TableProperty]) -> String {
    var text = Properties()
    for property in properties where property.key != Key.lakeChecksum {
      text[property.key] = property.value
    }
    return hex(CRC32C.checksum(text.encoded()))
  }

  private static func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// The bytes of the file: two comment lines, then the properties in order. [CONF-13]
  /// - Parameters:
  ///   - now: milliseconds since 1970, for the comment lines.
  ///   - isUpdate: the file replaces another one.
  public func encode(now: Int64, isUpdate: Bool) -> Buffer {
    var text = Properties()
    for property in properties { text[property.key] = property.value }
    let first = (isUpdate ? "Updated at " : "Properties saved on ") + JavaDate.iso(now)
    let comments = [first, JavaDate.text(now)]
    text[Key.lakeChecksum] = Self.hex(comments) + "-" + Self.ownBody(properties)
    return text.encoded(comments: comments)
  }
}
