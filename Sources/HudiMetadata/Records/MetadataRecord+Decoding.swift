// Spec: 09-metadata-table. Records from Avro values, by the names of their fields.
import HudiModel
import LakeAvro
import LakeBase
import LakeColumns

/// Decodes values written with one schema. Immutable: serves any number of threads.
final class MetadataDecoder: Sendable {
  private let schema: AvroSchema
  private let reader: AvroReader

  init(_ schema: AvroSchema, _ limits: Limits) throws(LakeError) {
    let reader = try AvroReader(schema, limits: limits)
    self.schema = schema
    self.reader = reader
  }

  func content(_ value: Buffer) throws(LakeError) -> MetadataRecord.Content {
    guard let view = AvroRecordView(try reader.read(value), schema) else {
      throw Self.malformed("a value is no record")
    }
    guard let type = view.int("type") else { throw Self.malformed("a record has no type") }
    switch type {
    case 1: return .partitions(try Self.files(view))
    case 2: return .files(try Self.files(view))
    case 3: return .columnStats(try Self.statistics(view))
    case 4: return .bloomFilter(try Self.bloomFilter(view))
    case 5: return .location(try Self.location(view))
    case 6: return .partitionStats(try Self.statistics(view))
    case 7:
      guard let part = view.record("SecondaryIndexMetadata"), let isDeleted = part.bool("isDeleted")
      else { throw Self.empty(7) }
      return .secondary(isDeleted: isDeleted)
    default:
      throw LakeError(.metadataTableUnsupported, "records of type \(type) are not supported")
    }
  }

  private static func malformed(_ what: String) -> LakeError {
    LakeError(.metadataTableMalformed, what)
  }

  private static func empty(_ type: Int) -> LakeError {
    malformed("a record of type \(type) has no content")
  }

  /// A schema that lacks a field we rely on would turn what is there into nothing.
  private static func require(_ names: [String], _ view: AvroRecordView) throws(LakeError) {
    for name in names where !view.has(name) {
      throw malformed("records have no field \(name)")
    }
  }

  private static func files(_ view: AvroRecordView) throws(LakeError) -> [ExactText: ListedFile] {
    // The empty list of an empty table may be stored as none.
    try require(["filesystemMetadata"], view)
    var files: [ExactText: ListedFile] = [:]
    for (name, entry) in view.recordMap("filesystemMetadata") ?? [] {
      guard let size = entry.long("size"), size >= 0, let isDeleted = entry.bool("isDeleted") else {
        throw malformed("a file's entry has no size")
      }
      files[ExactText(name)] = ListedFile(size: size, isDeleted: isDeleted)
    }
    return files
  }

  private static func statistics(_ view: AvroRecordView) throws(LakeError) -> ColumnStatistics {
    guard let part = view.record("ColumnStatsMetadata") else { throw empty(3) }
    try require(
      ["fileName", "columnName", "minValue", "maxValue", "valueCount", "nullCount", "isDeleted"],
      part)
    var valueType: ColumnStatistics.ValueType?
    if let type = part.record("valueType"), let ordinal = type.int("typeOrdinal") {
      valueType = ColumnStatistics.ValueType(
        ordinal: Int(ordinal), additionalInfo: type.string("additionalInfo"))
    }
    return ColumnStatistics(
      fileName: part.string("fileName") ?? "", columnName: part.string("columnName") ?? "",
      min: try bound(part, "minValue"), max: try bound(part, "maxValue"),
      valueCount: part.long("valueCount") ?? 0, nullCount: part.long("nullCount") ?? 0,
      totalSize: part.long("totalSize") ?? 0,
      totalUncompressedSize: part.long("totalUncompressedSize") ?? 0,
      isDeleted: part.bool("isDeleted") ?? false, isTightBound: part.bool("isTightBound") ?? false,
      valueType: valueType)
  }

  private static func bound(
    _ part: AvroRecordView, _ name: String
  ) throws(LakeError) -> StatisticsValue? {
    guard let wrapped = part.record(name) else { return nil }
    let text = wrapped.record.name.name
    guard let wrapper = StatisticsValue.Wrapper(rawValue: text) else {
      throw LakeError(.metadataTableUnsupported, "bounds of type \(text) are not supported")
    }
    let scalar: Scalar? =
      switch wrapped["value"].unwrapped {
      case .boolean(let value): .bool(value)
      case .int(let value): .int(Int64(value))
      case .long(let value): .int(value)
      case .float(let value): .float(value)
      case .double(let value): .double(value)
      case .string(let value): .string(value)
      case .bytes(let value), .fixed(let value):
        wrapper == .decimal ? Int128(bigEndianBytes: value).map { .decimal($0) } : .binary(value)
      default: nil
      }
    guard let scalar else { throw malformed("a bound has no value") }
    return StatisticsValue(wrapper, scalar)
  }

  private static func bloomFilter(_ view: AvroRecordView) throws(LakeError) -> IndexedBloomFilter {
    guard let part = view.record("BloomFilterMetadata") else { throw empty(4) }
    try require(["bloomFilter", "isDeleted"], part)
    return IndexedBloomFilter(
      type: part.string("type") ?? "", timestamp: part.string("timestamp") ?? "",
      filter: Buffer(part.bytes("bloomFilter") ?? []), isDeleted: part.bool("isDeleted") ?? false)
  }

  private static func location(_ view: AvroRecordView) throws(LakeError) -> RecordLocation {
    guard let part = view.record("recordIndexMetadata") else { throw empty(5) }
    guard let partition = part.string("partitionName"), let time = part.long("instantTime") else {
      throw malformed("a location has no partition or no instant")
    }
    let encoding = part.int("fileIdEncoding") ?? 0
    let text: String
    switch encoding {
    case 0:
      guard let high = part.long("fileIdHighBits"), let low = part.long("fileIdLowBits"),
        let number = part.int("fileIndex")
      else { throw malformed("a location has no file id") }
      let digits = hex(UInt64(bitPattern: high)) + hex(UInt64(bitPattern: low))
      let uuid = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
        String(decoding: digits[range], as: UTF8.self)
      }.joined(separator: "-")
      text = number < 0 ? uuid : "\(uuid)-\(number)"
    case 1: text = part.string("fileId") ?? ""
    default:
      throw LakeError(
        .metadataTableUnsupported, "file ids of encoding \(encoding) are not supported")
    }
    return RecordLocation(
      partition: try MetadataKeys.path(partition), fileID: try FileID(text),
      instantMilliseconds: time, encoding: Int(encoding))
  }

  private static func hex(_ value: UInt64) -> [UInt8] {
    Array(Hex.text((0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }).utf8)
  }
}

extension Int128 {
  /// Two's complement, at most sixteen bytes.
  init?(bigEndianBytes bytes: [UInt8]) {
    guard let first = bytes.first, bytes.count <= 16 else { return nil }
    self = first >= 0x80 ? -1 : 0
    for byte in bytes { self = self << 8 | Int128(byte) }
  }
}
