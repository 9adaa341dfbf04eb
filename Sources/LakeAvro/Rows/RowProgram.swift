// Spec: 05a-avro. A resolution turned into straight code for rows: one list of small operations.
import LakeBase
import LakeColumns

/// What the row loop does next. `slot` is where to, `a` and `b` depend on the code.
struct RowOp {
  enum Code: UInt8 {
    case boolean, int32, int64, intAs64, intToFloat, intToDouble, longToFloat, longToDouble
    case float, double, floatToDouble
    case bytes
    /// a: size.
    case fixed
    /// a: size.
    case decimalFixed
    case decimalBytes
    /// a: first entry in the pool, b: entries; each the number of a text or -1.
    case enumeration
    /// The row has a value.
    case valid
    /// The row has none.
    case null
    /// a: the branch that is null, b: where to go on then.
    case optional
    /// The same without a slot.
    case skipOptional
    /// a: first entry in the pool, b: entries; each an operation to go on at.
    case dispatch
    /// Union member `a` has the value, all other children of `slot` have none.
    case member
    /// b: where to go on.
    case jump
    /// a: the item's operations follow up to b; `least` bytes an item.
    case array, map
    /// a: number of the constant whose bytes the following operations up to b read.
    case constant
    /// a: number of the message.
    case fail
    case skipVarint, skipBoolean, skipBytes
    /// a: size.
    case skipFixed
    /// a: node of the writer's schema.
    case skipNode
  }

  var code: Code
  var slot = -1
  var a = 0
  var b = 0
  var least = 0
}

/// The compiled form and the memory it works on. Owned by one decoder.
final class RowProgram {
  let resolution: SchemaResolution
  let limits: Limits
  let fields: [Field]
  /// Slots of the top-level columns.
  let roots: [Int]
  let ops: UnsafeMutablePointer<RowOp>
  let opCount: Int
  let slots: UnsafeMutablePointer<RowSlot>
  let slotCount: Int
  let pool: UnsafeMutablePointer<Int>
  let texts: [Buffer]
  let constants: [Buffer]
  let messages: [String]
  let leastBytes: Int
  /// Items of no bytes in the rows so far.
  var freeItems = 0

  init(_ compiler: RowCompiler, leastBytes: Int) {
    resolution = compiler.resolution
    limits = compiler.limits
    fields = compiler.fields
    roots = compiler.roots
    texts = compiler.texts
    constants = compiler.constants
    messages = compiler.messages
    self.leastBytes = leastBytes
    opCount = compiler.ops.count
    ops = .allocate(capacity: Swift.max(1, opCount))
    ops.initialize(from: compiler.ops, count: opCount)
    slotCount = compiler.slots.count
    slots = .allocate(capacity: Swift.max(1, slotCount))
    for (index, slot) in compiler.slots.enumerated() { (slots + index).initialize(to: slot) }
    pool = .allocate(capacity: Swift.max(1, compiler.pool.count))
    pool.initialize(from: compiler.pool, count: compiler.pool.count)
  }

  func countFree(_ more: Int, at offset: Int) throws(LakeError) {
    freeItems += more
    guard freeItems <= limits.zeroSizeItemsMax else {
      throw LakeError(
        .limitExceeded, "more than \(limits.zeroSizeItemsMax) items of no bytes", offset: offset)
    }
  }

  deinit {
    slots.deinitialize(count: slotCount)
    slots.deallocate()
    ops.deallocate()
    pool.deallocate()
  }
}
