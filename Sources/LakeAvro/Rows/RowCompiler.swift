// Spec: 05a-avro. From a resolution to row operations.
import LakeBase
import LakeColumns

/// Collects the operations, slots and constants of a `RowProgram`.
struct RowCompiler {
  private(set) var resolution: SchemaResolution
  let limits: Limits
  private(set) var fields: [Field] = []
  private(set) var roots: [Int] = []
  private(set) var ops: [RowOp] = []
  private(set) var slots: [RowSlot] = []
  private(set) var pool: [Int] = []
  private(set) var texts: [Buffer] = []
  private(set) var constants: [Buffer] = []
  private(set) var messages: [String] = []
  /// Operations one schema may compile to; a few bytes of schema can ask for very many.
  private static let opsMax = 1 << 20

  /// - Parameter names: the reader's fields wanted, in the order wanted; nil for all.
  init(_ resolution: SchemaResolution, columns names: [String]?, limits: Limits) throws(LakeError) {
    self.resolution = resolution
    self.limits = limits
    var mapping = ColumnMapping(resolution.target, limits)
    let all = Schema(try mapping.rootFields())
    let picked = try names.map { (names) throws(LakeError) in try all.select(names) } ?? all
    fields = picked.fields
    var slotOfField = [Int](repeating: -1, count: all.count)
    for field in picked.fields {
      let index = try all.require(field.name)
      guard slotOfField[index] < 0 else {
        throw LakeError(.usage, "the column \"\(field.name)\" is asked for twice")
      }
      slotOfField[index] = addSlot(field)
      roots.append(slotOfField[index])
    }
    guard case .record(let plan) = resolution.steps[0],
      case .record(let parts) = resolution.target.nodes[0].kind
    else { throw LakeError(.avroUnsupported, "rows are records on both sides") }
    try emit(record: plan, parts: parts, slotOfField)
  }

  private mutating func addSlot(_ field: Field) -> Int {
    var children: [Int] = []
    switch field.type {
    case .list(let element): children = [addSlot(element)]
    case .map(let key, let value):
      children = [addSlot(ColumnType.mapEntries(key: key, value: value))]
    case .structure(let fields): children = fields.map { addSlot($0) }
    default: break
    }
    slots.append(RowSlot(field, children: children))
    return slots.count - 1
  }

  @discardableResult
  private mutating func add(_ op: RowOp) throws(LakeError) -> Int {
    guard ops.count < Self.opsMax else {
      throw LakeError(.limitExceeded, "an Avro schema unfolds to more than \(Self.opsMax) steps")
    }
    ops.append(op)
    return ops.count - 1
  }

  private mutating func emit(
    record plan: SchemaResolution.RecordStep, parts: [Int], _ slotOfField: [Int]
  ) throws(LakeError) {
    for read in plan.reads {
      if read.step < 0 || slotOfField[read.field] < 0 {
        try emitSkip(read.node, depth: 0)
      } else {
        try emit(read.step, parts[read.field], slotOfField[read.field])
      }
    }
    for missing in plan.defaults where slotOfField[missing.field] >= 0 {
      try emit(constant: missing.value, parts[missing.field], slotOfField[missing.field])
    }
  }

  /// Operations that read one value by `step` as the reader's `node` into `slot`, the slot's
  /// validity apart where the caller has set it already (inside unions).
  private mutating func emit(_ step: Int, _ node: Int, _ slot: Int) throws(LakeError) {
    switch resolution.steps[step] {
    case .wrap(let branch, let inner): try emit(wrap: branch, inner, node, slot)
    case .branches(let branches): try emit(branches: branches, node, slot)
    case .record(let plan):
      guard case .record(let parts) = resolution.target.nodes[node].kind else { return }
      try emit(record: plan, parts: parts, slots[slot].children)
    case .array(let item, let least):
      guard case .array(let part) = resolution.target.nodes[node].kind else { return }
      let op = try add(RowOp(code: .array, slot: slot, least: least))
      try emit(item, part, slots[slot].children[0])
      ops[op].b = ops.count
    case .map(let value, let least):
      guard case .map(let part) = resolution.target.nodes[node].kind else { return }
      let entries = slots[slots[slot].children[0]].children
      let op = try add(RowOp(code: .map, slot: slot, least: least))
      try add(RowOp(code: .bytes, slot: entries[0]))
      try emit(value, part, entries[1])
      ops[op].b = ops.count
    case .enumeration(let symbols): try emit(symbols: symbols, node, slot)
    case .fail(let message):
      messages.append(message)
      try add(RowOp(code: .fail, a: messages.count - 1))
    case .null: return
    default: try emit(scalar: resolution.steps[step], slot)
    }
  }

  private mutating func emit(
    scalar step: SchemaResolution.Step, _ slot: Int
  ) throws(LakeError) {
    var isDecimal = false
    if case .decimal = slots[slot].type { isDecimal = true }
    var op = RowOp(code: .boolean, slot: slot)
    switch step {
    case .boolean: op.code = .boolean
    case .int: op.code = .int32
    case .long: op.code = .int64
    case .float: op.code = .float
    case .double: op.code = .double
    case .intToLong: op.code = .intAs64
    case .intToFloat: op.code = .intToFloat
    case .intToDouble: op.code = .intToDouble
    case .longToFloat: op.code = .longToFloat
    case .longToDouble: op.code = .longToDouble
    case .floatToDouble: op.code = .floatToDouble
    case .fixed(let size):
      op.code = isDecimal ? .decimalFixed : .fixed
      op.a = size
    default: op.code = isDecimal ? .decimalBytes : .bytes
    }
    try add(op)
  }

  private mutating func emit(
    wrap branch: Int, _ inner: Int, _ node: Int, _ slot: Int
  ) throws(LakeError) {
    guard case .union(let branches) = resolution.target.nodes[node].kind else { return }
    let goal = branches[branch]
    if isNull(goal) {
      try add(RowOp(code: .null, slot: slot))
      return
    }
    if slots[slot].nullable { try add(RowOp(code: .valid, slot: slot)) }
    let others = resolution.target.valueBranches(branches)
    guard others.count > 1 else { return try emit(inner, goal, slot) }
    let member = branches[..<branch].count { !isNull($0) }
    try add(RowOp(code: .member, slot: slot, a: member))
    try emit(inner, goal, slots[slot].children[member])
  }

  private func isNull(_ node: Int) -> Bool {
    if case .null = resolution.target.nodes[node].kind { true } else { false }
  }

  private mutating func emit(
    branches: [Int], _ node: Int, _ slot: Int
  ) throws(LakeError) {
    if let (nullBranch, inner, goal) = plainOptional(branches, node) {
      let op = try add(RowOp(code: .optional, slot: slot, a: nullBranch))
      try emit(inner, goal, slot)
      ops[op].b = ops.count
      return
    }
    let table = pool.count
    pool.append(contentsOf: branches)
    try add(RowOp(code: .dispatch, slot: slot, a: table, b: branches.count))
    var jumps: [Int] = []
    for (index, branch) in branches.enumerated() {
      pool[table + index] = ops.count
      try emit(branch, node, slot)
      jumps.append(try add(RowOp(code: .jump)))
    }
    for jump in jumps { ops[jump].b = ops.count }
  }

  /// Both sides are `[null, T]` in some order: the null branch, the step of T and its node.
  private func plainOptional(_ branches: [Int], _ node: Int) -> (Int, Int, Int)? {
    guard branches.count == 2, case .union(let goals) = resolution.target.nodes[node].kind,
      resolution.target.valueBranches(goals).count == 1
    else { return nil }
    for nullBranch in 0...1 {
      guard case .wrap(let first, _) = resolution.steps[branches[nullBranch]],
        case .wrap(let second, let inner) = resolution.steps[branches[1 - nullBranch]],
        isNull(goals[first]), !isNull(goals[second])
      else { continue }
      return (nullBranch, inner, goals[second])
    }
    return nil
  }

  private mutating func emit(
    symbols: [Int], _ node: Int, _ slot: Int
  ) throws(LakeError) {
    guard case .enumeration(let type) = resolution.target.nodes[node].schema.bare else { return }
    let first = texts.count
    for symbol in type.symbols { texts.append(Buffer(utf8: symbol)) }
    let table = pool.count
    pool.append(contentsOf: symbols.map { $0 < 0 ? -1 : first + $0 })
    try add(RowOp(code: .enumeration, slot: slot, a: table, b: symbols.count))
  }

  /// A default: its own bytes, read by the reader's own schema.
  private mutating func emit(
    constant value: AvroValue, _ node: Int, _ slot: Int
  ) throws(LakeError) {
    if value.isNull {
      try add(RowOp(code: .null, slot: slot))
      return
    }
    let writer = AvroWriter(resolution.reader, resolution.target)
    let bytes = GrowingBuffer()
    try writer.write(value, node, bytes)
    constants.append(bytes.take())
    let op = try add(RowOp(code: .constant, a: constants.count - 1))
    let outer = resolution
    resolution = try SchemaResolution(rereading: outer, at: node)
    try emit(0, node, slot)
    resolution = outer
    ops[op].b = ops.count
  }

  /// Operations that pass over a value of the writer's node: spelled out for what rows are made of,
  /// the general walk for the rest.
  private mutating func emitSkip(_ node: Int, depth: Int) throws(LakeError) {
    switch resolution.source.nodes[node].kind {
    case .null: return
    case .boolean: try add(RowOp(code: .skipBoolean))
    case .int, .long: try add(RowOp(code: .skipVarint))
    case .float: try add(RowOp(code: .skipFixed, a: 4))
    case .double: try add(RowOp(code: .skipFixed, a: 8))
    case .fixed(let size): try add(RowOp(code: .skipFixed, a: size))
    case .bytes, .string: try add(RowOp(code: .skipBytes))
    case .record(let parts) where depth < 4 && parts.count < 64:
      for part in parts { try emitSkip(part, depth: depth + 1) }
    case .union(let branches) where branches.count == 2 && depth < 4:
      let source = resolution.source
      let others = source.valueBranches(branches)
      guard others.count == 1, let inner = others.first else { fallthrough }
      let op = try add(RowOp(code: .skipOptional, a: branches[0] == inner ? 1 : 0))
      try emitSkip(inner, depth: depth + 1)
      ops[op].b = ops.count
    default: try add(RowOp(code: .skipNode, a: node))
    }
  }
}
