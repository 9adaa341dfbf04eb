// Spec: 03-table-config. hoodie.properties as text, in Java's properties format.
import LakeBase

extension TableConfig {
  /// Reads the bytes of `hoodie.properties`. Throws `limitExceeded` for a file beyond the limit,
  /// `propertiesMalformed` for text that is no properties file, `propertiesChecksum` when the checksum
  /// is there and wrong. [CONF-12]
  public init(parsing bytes: Buffer, limits: Limits = .standard) throws(LakeError) {
    throw LakeError(.defect, "properties cannot be read yet")
  }

  /// The bytes of the file: two comment lines, then the properties in order. [CONF-13]
  /// - Parameter now: milliseconds since 1970, for the comment lines.
  public func encode(now: Int64, isUpdate: Bool) -> Buffer {
    Buffer()
  }
}
