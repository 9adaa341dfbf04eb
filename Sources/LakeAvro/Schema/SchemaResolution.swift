// Spec: 05a-avro. Two schemas into one plan: how bytes of the writer become values of the reader.
import LakeBase

/// A plan for reading what was written with one schema as values of another; compiled once.
///
/// Fields are matched by name, then by the reader's aliases; fields only the writer has are
/// skipped, fields only the reader has take their default (null where the type allows it and no
/// default is given). Records are matched by structure, whatever their names: tables are renamed,
/// their files are not. Promotions, unions and enum defaults follow the Avro specification.
public struct SchemaResolution: Sendable {
  public let writer: AvroSchema
  public let reader: AvroSchema
  let source: SchemaGraph
  let target: SchemaGraph
  var steps: [Step] = []
  private var known: [Pair: Int] = [:]

  private struct Pair: Hashable {
    let source: Int
    let target: Int
  }

  /// What to do with the next bytes. Numbers are positions in `steps`.
  enum Step: Sendable {
    case null, boolean, int, long, float, double, bytes, string
    case fixed(Int)
    case intToLong, intToFloat, intToDouble, longToFloat, longToDouble, floatToDouble
    case bytesToString, stringToBytes
    /// For each symbol of the writer its position in the reader's enum, or -1.
    case enumeration([Int])
    case array(item: Int, leastBytes: Int)
    case map(value: Int, leastBytes: Int)
    case record(RecordStep)
    /// For each branch of the writer's union what becomes of it.
    case branches([Int])
    /// The reader has a union, the value is of its branch.
    case wrap(branch: Int, step: Int)
    /// Legal as long as no value of this kind turns up.
    case fail(String)
  }

  struct RecordStep: Sendable {
    /// In the order of the bytes. A negative step skips a value of the writer's node.
    var reads: [(step: Int, node: Int, field: Int)]
    /// Fields the bytes do not have.
    var defaults: [(field: Int, value: AvroValue)]
    var fieldCount: Int
    var leastBytes: Int
  }

  /// Throws `avroSchemaInvalid` for a broken schema and `avroResolution`, naming the place, where
  /// the schemas cannot be reconciled.
  public init(
    writer: AvroSchema, reader: AvroSchema, limits: Limits = .standard
  ) throws(LakeError) {
    self.writer = writer
    self.reader = reader
    source = try SchemaGraph(writer, limits: limits)
    if reader == writer {
      target = source
      setOwnSteps()
      return
    }
    target = try SchemaGraph(reader, limits: limits)
    _ = try resolve(0, 0, at: [])
  }

  /// Reading values of one node of the reader's schema as themselves: what defaults are read with.
  init(rereading other: SchemaResolution, at node: Int) throws(LakeError) {
    writer = other.reader
    reader = other.reader
    source = other.target
    target = other.target
    _ = try resolve(node, node, at: [])
  }

  /// Reading with the writer's own schema.
  public init(_ schema: AvroSchema, limits: Limits = .standard) throws(LakeError) {
    writer = schema
    reader = schema
    source = try SchemaGraph(schema, limits: limits)
    target = source
    setOwnSteps()
  }

  /// Every node read as itself: step and node have one number, those that wrap the branches of
  /// unions follow.
  private mutating func setOwnSteps() {
    steps.reserveCapacity(source.nodes.count * 2)
    for node in source.nodes { steps.append(ownStep(node)) }
    for index in source.nodes.indices {
      guard case .union(let branches) = source.nodes[index].kind else { continue }
      var wraps: [Int] = []
      for (place, branch) in branches.enumerated() {
        wraps.append(steps.count)
        steps.append(.wrap(branch: place, step: branch))
      }
      steps[index] = .branches(wraps)
    }
  }

  private func ownStep(_ node: SchemaGraph.Node) -> Step {
    switch node.kind {
    case .null, .union: .null
    case .boolean: .boolean
    case .int: .int
    case .long: .long
    case .float: .float
    case .double: .double
    case .bytes: .bytes
    case .string: .string
    case .fixed(let size): .fixed(size)
    case .enumeration(let symbols): .enumeration(Array(0..<symbols))
    case .array(let item): .array(item: item, leastBytes: source.nodes[item].leastBytes)
    case .map(let value): .map(value: value, leastBytes: source.nodes[value].leastBytes + 1)
    case .record(let parts): .record(ownRecord(parts, leastBytes: node.leastBytes))
    }
  }

  private func ownRecord(_ parts: [Int], leastBytes: Int) -> RecordStep {
    var plan = RecordStep(
      reads: [], defaults: [], fieldCount: parts.count, leastBytes: leastBytes)
    plan.reads.reserveCapacity(parts.count)
    for (field, part) in parts.enumerated() { plan.reads.append((part, part, field)) }
    return plan
  }
}

extension SchemaResolution {
  private mutating func resolve(
    _ from: Int, _ to: Int, at path: [String]
  ) throws(LakeError) -> Int {
    if let index = known[Pair(source: from, target: to)] { return index }
    let index = steps.count
    steps.append(.null)
    known[Pair(source: from, target: to)] = index
    do {
      steps[index] = try step(from, to, at: path)
    } catch {
      steps[index] = .fail(error.message)
      throw error
    }
    return index
  }

  private mutating func step(_ from: Int, _ to: Int, at path: [String]) throws(LakeError) -> Step {
    if case .union(let branches) = source.nodes[from].kind {
      return .branches(resolveBranches(branches, to, at: path))
    }
    if case .union(let branches) = target.nodes[to].kind {
      guard let branch = bestBranch(from, branches) else { throw mismatch(from, to, path) }
      return .wrap(branch: branch, step: try resolve(from, branches[branch], at: path))
    }
    if let step = scalarStep(source.nodes[from].kind, target.nodes[to].kind) {
      try checkLogicalTypes(from, to, path)
      return step
    }
    switch (source.nodes[from].kind, target.nodes[to].kind) {
    case (.array(let a), .array(let b)):
      return .array(
        item: try resolve(a, b, at: path + ["[]"]), leastBytes: source.nodes[a].leastBytes)
    case (.map(let a), .map(let b)):
      return .map(
        value: try resolve(a, b, at: path + ["{}"]), leastBytes: source.nodes[a].leastBytes + 1)
    case (.enumeration, .enumeration): return try enumStep(from, to, path)
    case (.record(let a), .record(let b)): return .record(try recordStep(from, a, to, b, path))
    default: throw mismatch(from, to, path)
    }
  }

  private mutating func resolveBranches(
    _ branches: [Int], _ to: Int, at path: [String]
  ) -> [Int] {
    var resolved: [Int] = []
    for branch in branches {
      do {
        resolved.append(try resolve(branch, to, at: path))
      } catch {
        steps.append(.fail(error.message))
        resolved.append(steps.count - 1)
      }
    }
    return resolved
  }

  private func scalarStep(_ from: SchemaGraph.Kind, _ to: SchemaGraph.Kind) -> Step? {
    switch (from, to) {
    case (.null, .null): .null
    case (.boolean, .boolean): .boolean
    case (.int, .int): .int
    case (.long, .long): .long
    case (.float, .float): .float
    case (.double, .double): .double
    case (.bytes, .bytes): .bytes
    case (.string, .string): .string
    case (.fixed(let a), .fixed(let b)): a == b ? .fixed(a) : nil
    case (.int, .long): .intToLong
    case (.int, .float): .intToFloat
    case (.int, .double): .intToDouble
    case (.long, .float): .longToFloat
    case (.long, .double): .longToDouble
    case (.float, .double): .floatToDouble
    case (.bytes, .string): .bytesToString
    case (.string, .bytes): .stringToBytes
    default: nil
    }
  }

  /// Decimals are the one logical type whose attributes change what equal bytes mean.
  private func checkLogicalTypes(_ from: Int, _ to: Int, _ path: [String]) throws(LakeError) {
    guard case .decimal(_, let scale) = source.nodes[from].schema.logicalType,
      case .decimal(_, let wanted) = target.nodes[to].schema.logicalType, scale != wanted
    else { return }
    throw failure("a decimal of scale \(scale) cannot be read as one of scale \(wanted)", path)
  }

  private func enumStep(_ from: Int, _ to: Int, _ path: [String]) throws(LakeError) -> Step {
    guard case .enumeration(let a) = source.nodes[from].schema.bare,
      case .enumeration(let b) = target.nodes[to].schema.bare
    else { throw mismatch(from, to, path) }
    let fallback = b.defaultSymbol.flatMap { b.symbols.firstIndex(of: $0) } ?? -1
    return .enumeration(a.symbols.map { b.symbols.firstIndex(of: $0) ?? fallback })
  }

  private mutating func recordStep(
    _ from: Int, _ fromParts: [Int], _ to: Int, _ toParts: [Int], _ path: [String]
  ) throws(LakeError) -> RecordStep {
    guard let writer = source.nodes[from].schema.asRecord,
      let reader = target.nodes[to].schema.asRecord
    else { throw mismatch(from, to, path) }
    var plan = RecordStep(
      reads: [], defaults: [], fieldCount: reader.fields.count,
      leastBytes: source.nodes[from].leastBytes)
    var wanted: [String: Int] = [:]
    for (index, field) in reader.fields.enumerated().reversed() {
      for alias in field.aliases where writer.index(of: field.name) == nil { wanted[alias] = index }
    }
    for (index, field) in reader.fields.enumerated() { wanted[field.name] = index }
    var found = Set<Int>()
    for (index, field) in writer.fields.enumerated() {
      guard let goal = wanted[field.name], found.insert(goal).inserted else {
        plan.reads.append((-1, fromParts[index], -1))
        continue
      }
      let step = try resolve(fromParts[index], toParts[goal], at: path + [field.name])
      plan.reads.append((step, fromParts[index], goal))
    }
    for (index, field) in reader.fields.enumerated() where !found.contains(index) {
      plan.defaults.append((index, try absent(field, toParts[index], path)))
    }
    return plan
  }

  private func absent(
    _ field: AvroField, _ node: Int, _ path: [String]
  ) throws(LakeError) -> AvroValue {
    if let value = field.defaultValue {
      do {
        return try target.value(of: value, node)
      } catch {
        throw failure("default of field \"\(field.name)\": \(error.message)", path)
      }
    }
    switch target.nodes[node].kind {
    case .null: return .null
    case .union(let branches):
      for (index, branch) in branches.enumerated() {
        if case .null = target.nodes[branch].kind { return .union(index, .null) }
      }
    default: break
    }
    throw failure("the field \"\(field.name)\" is missing and has no default", path)
  }

  /// The reader's branch for a type: same name, same kind, then a promotion.
  private func bestBranch(_ from: Int, _ branches: [Int]) -> Int? {
    let kind = source.nodes[from].kind
    let name = source.nodes[from].schema.name
    var loose: Int?
    var sameName: Int?
    for (index, branch) in branches.enumerated() {
      let node = target.nodes[branch]
      switch (kind, node.kind) {
      case (.record, .record), (.enumeration, .enumeration): break
      case (.fixed(let a), .fixed(let b)): if a != b { continue }
      case (.array, .array), (.map, .map): return index
      default:
        if isSame(kind, node.kind) { return index }
        continue
      }
      if node.schema.name == name || node.schema.aliases.contains(name?.fullName ?? "") {
        return index
      }
      if node.schema.name?.name == name?.name { sameName = sameName ?? index }
      loose = loose ?? index
    }
    if let named = sameName ?? loose { return named }
    return branches.firstIndex { scalarStep(kind, target.nodes[$0].kind) != nil }
  }

  private func isSame(_ a: SchemaGraph.Kind, _ b: SchemaGraph.Kind) -> Bool {
    switch (a, b) {
    case (.null, .null), (.boolean, .boolean), (.int, .int), (.long, .long), (.float, .float),
      (.double, .double), (.bytes, .bytes), (.string, .string):
      true
    default: false
    }
  }

  private func mismatch(_ from: Int, _ to: Int, _ path: [String]) -> LakeError {
    let written = source.nodes[from].schema.typeName
    return failure("\(written) cannot be read as \(target.nodes[to].schema.typeName)", path)
  }

  private func failure(_ message: String, _ path: [String]) -> LakeError {
    let place = path.joined(separator: ".")
    return LakeError(.avroResolution, place.isEmpty ? message : "\(place): \(message)")
  }
}

extension AvroSchema {
  /// Full names under which earlier writers knew a named type.
  var aliases: [String] {
    switch self {
    case .record(let type): type.aliases
    case .enumeration(let type): type.aliases
    case .fixed(let type): type.aliases
    case .annotated(let base, _): base.aliases
    default: []
    }
  }
}
