// Spec: 06-base-files. The schema of a file to be written: elements, leaves and the way down to
// them.
import LakeBase
import LakeColumns

/// How a leaf's bounds compare.
enum ValueOrder: Sendable {
  case bool, signed32, unsigned32, float32, signed64, unsigned64, float64, float16
  /// Bytes, unsigned.
  case bytes
  /// Unscaled values; big-endian two's complement in the file.
  case decimal
  /// No bounds are written.
  case none
}

/// A leaf: what is stored and how deep it lies.
struct WriteLeaf: Sendable {
  let path: [String]
  let type: ColumnType
  let physical: PhysicalType
  let typeLength: Int?
  let order: ValueOrder
  let maxDefinition: Int
  let maxRepetition: Int

  var name: String { path.joined(separator: ".") }

  /// The leaf is a top-level column without nesting.
  var isFlat: Bool { path.count == 1 && maxRepetition == 0 }
}

/// The way from a column to its leaves.
indirect enum WriteNode: Sendable {
  /// Leaves are numbered depth first.
  case leaf(Int, optional: Bool, name: String)
  case structure([WriteNode], optional: Bool, name: String)
  case list(WriteNode, optional: Bool, name: String)
  /// A struct of key and value stands below.
  case map(key: WriteNode, value: WriteNode, optional: Bool, name: String)
}

/// The depth-first elements of a file's schema and the ways to its leaves.
struct WriteSchema: Sendable {
  let elements: [SchemaElement]
  let leaves: [WriteLeaf]
  /// One for each column of the batch schema.
  let columns: [WriteNode]

  init(_ schema: Schema, _ dialect: ParquetDialect, _ limits: Limits) throws(LakeError) {
    var builder = WriteSchemaBuilder(dialect, limits)
    let message: String
    switch dialect {
    case .avro(let messageName, _): message = messageName
    case .spark: message = "spark_schema"
    }
    builder.elements.append(SchemaElement(message, childCount: schema.count))
    columns = try builder.fields(schema.fields)
    elements = builder.elements
    leaves = builder.leaves
  }
}

private struct WriteSchemaBuilder {
  var elements: [SchemaElement] = []
  var leaves: [WriteLeaf] = []
  private let twoLevel: Bool
  private let annotatesEntries: Bool
  private let limits: Limits
  private var path: [String] = []
  private var definition = 0
  private var repetition = 0

  init(_ dialect: ParquetDialect, _ limits: Limits) {
    switch dialect {
    case .avro(_, let lists):
      twoLevel = lists == .twoLevel
      annotatesEntries = true
    case .spark:
      twoLevel = false
      annotatesEntries = false
    }
    self.limits = limits
  }

  mutating func fields(_ fields: [Field]) throws(LakeError) -> [WriteNode] {
    var seen: Set<String> = []
    var nodes: [WriteNode] = []
    for field in fields {
      guard seen.insert(field.name).inserted else {
        throw LakeError(
          .schemaMalformed,
          "two columns are named \"\((path + [field.name]).joined(separator: "."))\"")
      }
      nodes.append(try node(field, field.name, field.nullable ? .optional : .required))
    }
    return nodes
  }

  /// Appends the elements of one field and everything below.
  private mutating func node(
    _ field: Field, _ name: String, _ repetitionType: Repetition
  ) throws(LakeError) -> WriteNode {
    path.append(name)
    let outer = (definition, repetition)
    defer {
      path.removeLast()
      (definition, repetition) = outer
    }
    guard path.count <= limits.schemaDepthMax else {
      throw LakeError(.limitExceeded, "the schema is nested deeper than \(limits.schemaDepthMax)")
    }
    if repetitionType != .required { definition += 1 }
    if repetitionType == .repeated { repetition += 1 }
    let optional = repetitionType == .optional
    switch field.type {
    case .structure(let children):
      guard !children.isEmpty else { throw unsupported("a struct without fields") }
      elements.append(
        SchemaElement(
          name, repetition: repetitionType, childCount: children.count, fieldID: field.id))
      let nodes = try fields(children)
      return .structure(nodes, optional: optional, name: path.joined(separator: "."))
    case .list(let element): return try list(field, name, repetitionType, element)
    case .map(let key, let value): return try map(field, name, repetitionType, key, value)
    default: return try leaf(field, name, repetitionType)
    }
  }

  private mutating func list(
    _ field: Field, _ name: String, _ repetitionType: Repetition, _ element: Field
  ) throws(LakeError) -> WriteNode {
    elements.append(
      SchemaElement(
        name, repetition: repetitionType, childCount: 1, convertedType: .list, fieldID: field.id,
        logicalType: .list))
    let child: WriteNode
    if twoLevel {
      child = try node(element, "array", .repeated)
    } else {
      path.append("list")
      definition += 1
      repetition += 1
      elements.append(SchemaElement("list", repetition: .repeated, childCount: 1))
      child = try node(element, "element", element.nullable ? .optional : .required)
      path.removeLast()
    }
    return .list(child, optional: repetitionType == .optional, name: path.joined(separator: "."))
  }

  private mutating func map(
    _ field: Field, _ name: String, _ repetitionType: Repetition, _ key: Field, _ value: Field
  ) throws(LakeError) -> WriteNode {
    elements.append(
      SchemaElement(
        name, repetition: repetitionType, childCount: 1, convertedType: .map, fieldID: field.id,
        logicalType: .map))
    elements.append(
      SchemaElement(
        "key_value", repetition: .repeated, childCount: 2,
        convertedType: annotatesEntries ? .mapKeyValue : nil))
    path.append("key_value")
    definition += 1
    repetition += 1
    let keyNode = try node(key, "key", .required)
    let valueNode = try node(value, "value", value.nullable ? .optional : .required)
    path.removeLast()
    return .map(
      key: keyNode, value: valueNode, optional: repetitionType == .optional,
      name: path.joined(separator: "."))
  }

  private mutating func leaf(
    _ field: Field, _ name: String, _ repetitionType: Repetition
  ) throws(LakeError) -> WriteNode {
    var element = SchemaElement(name, repetition: repetitionType, fieldID: field.id)
    let order = try describe(field, &element)
    guard let physical = element.type else { throw unsupported("\(field.type)") }
    guard leaves.count < limits.columnsMax else {
      throw LakeError(.limitExceeded, "the schema has more than \(limits.columnsMax) leaf columns")
    }
    elements.append(element)
    leaves.append(
      WriteLeaf(
        path: path, type: field.type, physical: physical, typeLength: element.typeLength,
        order: order, maxDefinition: definition, maxRepetition: repetition))
    return .leaf(
      leaves.count - 1, optional: repetitionType == .optional, name: path.joined(separator: "."))
  }

  private func unsupported(_ what: String) -> LakeError {
    LakeError(
      .typeUnsupported,
      "column \"\(path.joined(separator: "."))\": \(what) cannot be written to Parquet")
  }

  /// Sets physical type and annotations, the older ones wherever they exist.
  private func describe(
    _ field: Field, _ element: inout SchemaElement
  ) throws(LakeError) -> ValueOrder {
    func set(
      _ type: PhysicalType, _ logical: LogicalType? = nil, _ converted: ConvertedType? = nil
    ) {
      element.type = type
      element.logicalType = logical
      element.convertedType = converted
    }
    switch field.type {
    case .null: set(.int32, .unknown)
    case .bool: set(.boolean)
    case .int8: set(.int32, .integer(bits: 8, signed: true), .int8)
    case .int16: set(.int32, .integer(bits: 16, signed: true), .int16)
    case .int32: set(.int32)
    case .int64: set(.int64)
    case .uint8: set(.int32, .integer(bits: 8, signed: false), .uint8)
    case .uint16: set(.int32, .integer(bits: 16, signed: false), .uint16)
    case .uint32: set(.int32, .integer(bits: 32, signed: false), .uint32)
    case .uint64: set(.int64, .integer(bits: 64, signed: false), .uint64)
    case .float16:
      set(.fixedLenByteArray, .float16)
      element.typeLength = 2
    case .float32: set(.float)
    case .float64: set(.double)
    case .date: set(.int32, .date, .date)
    case .time(.second), .time(.milli): set(.int32, .time(.milli, utc: true), .timeMillis)
    case .time(.micro): set(.int64, .time(.micro, utc: true), .timeMicros)
    case .time(.nano): set(.int64, .time(.nano, utc: true))
    case .timestamp(let unit, let utc):
      let converted: ConvertedType? =
        !utc || unit == .nano ? nil : unit == .micro ? .timestampMicros : .timestampMillis
      set(.int64, .timestamp(unit == .second ? .milli : unit, utc: utc), converted)
    case .decimal(let precision, let scale):
      guard (1...limits.decimalPrecisionMax).contains(precision), (0...precision).contains(scale)
      else { throw unsupported("\(field.type)") }
      set(.fixedLenByteArray, .decimal(scale: scale, precision: precision), .decimal)
      element.typeLength = decimalByteCount(precision)
      element.precision = precision
      element.scale = scale
    case .string:
      if field.metadata["avro.symbols"] != nil || field.annotation == "ENUM" {
        set(.byteArray, .enumeration, .enumeration)
      } else if field.annotation == "JSON" {
        set(.byteArray, .json, .json)
      } else {
        set(.byteArray, .string, .utf8)
      }
    case .binary:
      switch field.annotation {
      case "JSON": set(.byteArray, .json, .json)
      case "BSON": set(.byteArray, .bson, .bson)
      default: set(.byteArray)
      }
    case .fixedBinary(let count):
      guard count > 0 else { throw unsupported("\(field.type)") }
      set(.fixedLenByteArray, count == 16 && field.annotation == "UUID" ? .uuid : nil)
      element.typeLength = count
    case .list, .map, .structure: throw unsupported("\(field.type)")
    }
    return field.type.valueOrder
  }
}

extension Field {
  /// The Parquet field id, where one is known.
  fileprivate var id: Int? { metadata["parquet.id"].flatMap { Int($0) } }
  /// What a reader of Parquet noted beyond the type.
  fileprivate var annotation: String? { metadata["parquet.logical"] }
}

extension ColumnType {
  fileprivate var valueOrder: ValueOrder {
    switch self {
    case .bool: .bool
    case .int8, .int16, .int32, .date, .time(.second), .time(.milli): .signed32
    case .uint8, .uint16, .uint32: .unsigned32
    case .int64, .timestamp, .time: .signed64
    case .uint64: .unsigned64
    case .float16: .float16
    case .float32: .float32
    case .float64: .float64
    case .decimal: .decimal
    case .string, .binary, .fixedBinary: .bytes
    case .null, .list, .map, .structure: .none
    }
  }
}

/// The fewest bytes that hold every unscaled value of `precision` digits: the smallest n with
/// 2^(8n-1) > 10^precision.
func decimalByteCount(_ precision: Int) -> Int {
  var largest = UInt128(1)
  for _ in 0..<precision { largest *= 10 }
  let bits = 128 - (largest - 1).leadingZeroBitCount
  return bits / 8 + 1
}
