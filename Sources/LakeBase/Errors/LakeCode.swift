// Spec: codes. The stable numbers of everything that can go wrong.

/// A stable error code, printed as `LK` and four digits.
///
/// Ranges: 1xxx usage and input, 2xxx reading, 3xxx writing, 4xxx storage and locks, 5xxx formats,
/// 6xxx services. A code never changes its meaning and is never reused. [CODE-1]
public enum LakeCode: Int, Sendable, CaseIterable {
  // 1xxx usage and input
  case usage = 1001
  case unknownCommand = 1002
  case unknownOption = 1003
  case badOptionValue = 1004
  case confirmationMissing = 1005
  case tableExists = 1006
  case tableNotFound = 1007
  case inputNotFound = 1008
  case inputFormatUnknown = 1009
  case inputMalformed = 1010
  case inputValueInvalid = 1011
  case inputTooLarge = 1012
  case inputColumnUnknown = 1013
  case inputColumnMissing = 1014
  case inputEncoding = 1015
  case predicateMalformed = 1016
  case schemaMalformed = 1017
  case columnNotFound = 1018
  case outputExists = 1019
  case keyNotFound = 1020

  // 2xxx reading
  case instantNotFound = 2001
  case instantAmbiguous = 2002
  case timeMalformed = 2003
  case positionMalformed = 2004
  case rangeExpired = 2103
  case snapshotExpired = 2104
  case schemaMismatch = 2201
  case mergerUnknown = 2301
  case logRecordKeyMissing = 2302

  // 3xxx writing
  case keyNull = 3001
  case keyAmbiguous = 3002
  case keyTooLong = 3003
  case orderingNull = 3004
  case partitionInvalid = 3005
  case schemaChangeRefused = 3006
  case writeConflict = 3101
  case instantAlreadyEnded = 3102
  case commitOutcomeUnknown = 3103
  case foreignWriters = 3104
  case writeAborted = 3105
  case clockBehind = 3107
  case tableReadOnly = 3108

  // 4xxx storage and locks
  case ioFailed = 4001
  case fileNotFound = 4002
  case fileExists = 4003
  case permissionDenied = 4004
  case diskFull = 4005
  case readOnlyFileSystem = 4006
  case notRegularFile = 4007
  case pathInvalid = 4008
  case lockBusy = 4009
  case descriptorsExhausted = 4010
  case fileChanged = 4011
  case fileTruncated = 4012
  case volatileStorage = 4101
  case secondMount = 4102
  case primitiveMissing = 4103
  case nfsOption = 4104
  case arbiterMismatch = 4105
  case expiringLock = 4106
  case clockAhead = 4107
  case nameNotPreserved = 4108
  case outcomeUnknown = 4109

  // 5xxx formats
  case parquetMalformed = 5001
  case parquetUnsupported = 5002
  case parquetChecksum = 5003
  case parquetEncrypted = 5004
  case avroMalformed = 5101
  case avroUnsupported = 5102
  case avroSchemaInvalid = 5103
  case avroResolution = 5104
  case codecFailed = 5201
  case codecUnsupported = 5202
  case jsonMalformed = 5301
  case propertiesMalformed = 5302
  case propertiesChecksum = 5303
  case limitExceeded = 5401
  case tableVersionUnsupported = 5501
  case tableFeatureUnsupported = 5502
  case timelineMalformed = 5503
  case commitMetadataMalformed = 5504
  case fileNameMalformed = 5505
  case baseFileMalformed = 5506
  case timelineActionUnknown = 5507
  case dataFileMissing = 5508
  case typeUnsupported = 5601
  case schemaHistoryMalformed = 5605
  case logMalformed = 5701
  case logUnsupported = 5702
  case hfileMalformed = 5801
  case hfileUnsupported = 5802
  case hfileChecksum = 5803
  case metadataTableMalformed = 5804
  case metadataTableUnsupported = 5805
  case metadataTableMissing = 5806

  // 6xxx services
  case checkFailed = 6001

  // Everywhere
  case memoryExhausted = 9001
  case cancelled = 9002
  case defect = 9003

  /// What a caller should do about it; fixed per code. [CODE-2]
  public var kind: LakeError.Kind {
    switch self {
    case .usage, .unknownCommand, .unknownOption, .badOptionValue, .confirmationMissing,
      .predicateMalformed, .schemaMalformed, .columnNotFound, .timeMalformed, .instantAmbiguous,
      .positionMalformed:
      .usage
    case .tableExists, .outputExists, .fileExists: .alreadyExists
    case .tableNotFound, .inputNotFound, .keyNotFound, .instantNotFound, .fileNotFound,
      .metadataTableMissing:
      .notFound
    case .inputFormatUnknown, .inputMalformed, .inputValueInvalid, .inputTooLarge,
      .inputColumnUnknown, .inputColumnMissing, .inputEncoding, .keyNull, .keyAmbiguous,
      .keyTooLong, .orderingNull, .partitionInvalid, .schemaChangeRefused, .schemaMismatch:
      .invalidInput
    case .rangeExpired, .snapshotExpired: .expired
    case .mergerUnknown, .foreignWriters, .volatileStorage, .secondMount, .primitiveMissing,
      .nfsOption, .arbiterMismatch, .expiringLock, .clockAhead, .clockBehind, .nameNotPreserved,
      .parquetUnsupported, .parquetEncrypted, .avroUnsupported, .codecUnsupported,
      .tableVersionUnsupported, .tableFeatureUnsupported, .typeUnsupported,
      .timelineActionUnknown, .hfileUnsupported, .metadataTableUnsupported, .logUnsupported:
      .unsupported
    case .writeConflict, .instantAlreadyEnded: .conflict
    case .commitOutcomeUnknown, .outcomeUnknown: .outcomeUnknown
    case .writeAborted, .ioFailed, .fileChanged: .unavailable
    case .permissionDenied, .readOnlyFileSystem, .tableReadOnly: .permissionDenied
    case .diskFull, .descriptorsExhausted, .memoryExhausted: .resources
    case .lockBusy: .busy
    case .limitExceeded: .limitExceeded
    case .notRegularFile, .pathInvalid, .fileTruncated, .parquetMalformed, .parquetChecksum,
      .avroMalformed, .avroSchemaInvalid, .avroResolution, .codecFailed, .jsonMalformed,
      .propertiesMalformed, .propertiesChecksum, .timelineMalformed, .commitMetadataMalformed,
      .fileNameMalformed, .baseFileMalformed, .dataFileMissing, .checkFailed,
      .logRecordKeyMissing, .hfileMalformed, .hfileChecksum, .logMalformed,
      .schemaHistoryMalformed, .metadataTableMalformed:
      .corrupted
    case .cancelled: .cancelled
    case .defect: .defect
    }
  }

  /// The code as people and programs see it, for example `LK2103`.
  public var text: String { "LK\(rawValue)" }
}
