// Spec: 06-base-files. What Hudi keeps in the footer of a base file.
import HudiModel
import LakeBase
import LakeParquet

/// Key range and key filter of a base file.
public struct HudiFooter: Sendable {
  /// UTF-8 bytes of the lowest and highest record key in UTF-16 order; nil: unknown.
  public var lowestKey: Buffer?
  public var highestKey: Buffer?
  /// nil: the file has none, and every key may be in it.
  public var filter: HudiBloomFilter?

  public static let schemaKey = "parquet.avro.schema"
  public static let modelKey = "writer.model.name"

  public init(lowestKey: Buffer? = nil, highestKey: Buffer? = nil, filter: HudiBloomFilter? = nil) {
    self.lowestKey = lowestKey
    self.highestKey = highestKey
    self.filter = filter
  }

  /// What `file` says; a footer without these keys is legal and says nothing. [BASE-24]
  ///
  /// - Parameter readsFilter: filters are large; who needs only the range leaves them out.
  public init(_ file: ParquetFile, readsFilter: Bool = true) throws(LakeError) {
    lowestKey = file.value(forKey: HudiBloomFilter.minimumKey).map { Buffer(utf8: $0) }
    highestKey = file.value(forKey: HudiBloomFilter.maximumKey).map { Buffer(utf8: $0) }
    filter = readsFilter ? try HudiBloomFilter { file.value(forKey: $0) } : nil
  }

  /// The key-value pairs, in the order in which they are written. [BASE-23]
  public var keyValues: [(String, String)] {
    var pairs: [(String, String)] = []
    if let filter {
      pairs.append((HudiBloomFilter.footerKey, filter.footerValue))
      if filter.form == .dynamic {
        pairs.append((HudiBloomFilter.formKey, filter.form.rawValue))
      }
    }
    if let lowestKey, let highestKey {
      pairs.append((HudiBloomFilter.minimumKey, lowestKey.lossyText))
      pairs.append((HudiBloomFilter.maximumKey, highestKey.lossyText))
    }
    return pairs
  }
}
