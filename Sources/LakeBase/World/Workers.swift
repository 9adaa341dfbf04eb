// Spec: 01-terms. The only place that creates parallelism.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif
import Synchronization

/// A fixed number of plain threads per call; results come back in input order, so they do not
/// depend on timing.
public struct Workers: Sendable {
  public let width: Int

  /// - Parameter width: threads; default: processors, at most 8.
  public init(width: Int? = nil) {
    self.width = Swift.max(1, width ?? Swift.min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// The same with at most `count` threads: starting one costs more than a little work does.
  public func atMost(_ count: Int) -> Workers { Workers(width: Swift.min(width, count)) }

  private final class Shared<Item: Sendable, Result: Sendable>: Sendable {
    let items: [Item]
    let next = Atomic<Int>(0)
    let failed = Atomic<Bool>(false)
    let results: Mutex<[Result?]>
    let errors: Mutex<[Int: LakeError]>
    let body: @Sendable (Item) throws(LakeError) -> Result

    init(_ items: [Item], _ body: @escaping @Sendable (Item) throws(LakeError) -> Result) {
      self.items = items
      self.body = body
      results = Mutex(Array(repeating: nil, count: items.count))
      errors = Mutex([:])
    }

    func run() {
      while !failed.load(ordering: .acquiring) {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < items.count else { return }
        do throws(LakeError) {
          let result = try body(items[index])
          results.withLock { $0[index] = result }
        } catch {
          errors.withLock { $0[index] = error }
          failed.store(true, ordering: .releasing)
        }
      }
    }
  }

  /// Runs `body` on every item, one item per thread at a time. Reports the first error by position
  /// among those that happened; the remaining items are not started.
  public func map<Item: Sendable, Result: Sendable>(
    _ items: [Item], _ body: @escaping @Sendable (Item) throws(LakeError) -> Result
  ) throws(LakeError) -> [Result] {
    let threads = Swift.min(width, items.count)
    if threads <= 1 {
      var results: [Result] = []
      results.reserveCapacity(items.count)
      for item in items { results.append(try body(item)) }
      return results
    }
    let shared = Shared(items, body)
    var others: [pthread_t] = []
    for _ in 1..<threads {
      if let thread = Self.spawn({ shared.run() }) { others.append(thread) }
    }
    shared.run()
    for thread in others { pthread_join(thread, nil) }
    if let first = shared.errors.withLock({ $0.min { $0.key < $1.key } }) { throw first.value }
    return shared.results.withLock { results in results.compactMap { $0 } }
  }

  /// Starts a plain thread nobody joins; its work must end by itself. False when the system refuses
  /// one.
  static func detach(_ body: @escaping @Sendable () -> Void) -> Bool {
    guard let thread = spawn(body) else { return false }
    pthread_detach(thread)
    return true
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a plain thread that must be joined, or nil when the system refuses one.
  private static func spawn(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Work(body))
    let status = pthread_create(
      &thread, nil,
      { raw in
        guard let raw else { return nil }
        Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().body()
        return nil
      }, argument.toOpaque())
    if status != 0 {
      argument.release()
      return nil
    }
    return thread
  }
}
