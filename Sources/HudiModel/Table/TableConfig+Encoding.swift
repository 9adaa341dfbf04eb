// Spec: 03-table-config. hoodie.properties as text, in Java's properties format.
import LakeBase

extension TableConfig {
  /// Reads the bytes of `hoodie.properties`. Throws `limitExceeded` for a file beyond the limit,
  /// `propertiesMalformed` for text that is no properties file, `propertiesChecksum` when the
  /// checksum
  /// is there and wrong. [CONF-12]
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
    try self.init(text.entries.map { TableProperty($0.key, $0.value) })
  }

  /// The bytes of the file: two comment lines, then the properties in order. [CONF-13]
  /// - Parameters:
  ///   - now: milliseconds since 1970, for the comment lines.
  ///   - isUpdate: the file replaces another one.
  public func encode(now: Int64, isUpdate: Bool) -> Buffer {
    var text = Properties()
    for property in properties { text[property.key] = property.value }
    let first = (isUpdate ? "Updated at " : "Properties saved on ") + JavaDate.iso(now)
    return text.encoded(comments: [first, JavaDate.text(now)])
  }
}
