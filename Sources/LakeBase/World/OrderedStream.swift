// Spec: 01-terms. Work done ahead on several threads, delivered in input order.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif
import Synchronization

/// Items are worked on by several threads, each yielding elements; the consumer gets all elements
/// of item 0, then all of item 1, and so on. At most `ahead` elements per thread wait, of whichever
/// items, and two more of the item being taken; no item is begun that lies more than `2 * width`
/// behind it. So memory is bounded and a reader that stops early has not paid for the rest.
/// Dropping the stream stops the work.
public final class OrderedStream<Item: Sendable, Element: Sendable>: Sendable {
  private let shared: Shared<Item, Element>
  private let position = Mutex(0)
  /// Whether the work is still to be done by the thread that asks for the first element.
  private let isWaiting: Mutex<Bool>

  /// - Parameters:
  ///   - isSmall: all elements together are no more than would wait anyway: they are made at once
  ///     when the first is asked for, without a thread.
  ///   - body: works on one item and hands its elements to `emit`, which throws `cancelled` once
  ///     the consumer is gone.
  public init(
    _ items: [Item], workers: Workers, ahead: Int = 4, isSmall: Bool = false,
    _ body:
      @escaping @Sendable (
        Item, _ emit: (Element) throws(LakeError) -> Void
      ) throws(LakeError) -> Void
  ) {
    isWaiting = Mutex(isSmall)
    shared = Shared(
      items, isSmall ? Int.max : Swift.max(1, ahead * workers.width),
      window: isSmall ? items.count : 2 * workers.width, body)
    if isSmall { return }
    let shared = self.shared
    var started = 0
    for _ in 0..<Swift.min(workers.width, items.count) where Workers.detach({ shared.run() }) {
      started += 1
    }
    if started == 0 && !items.isEmpty { shared.fail() }
  }

  deinit { shared.stop() }

  /// The next element in order, or nil after the last.
  public func next() throws(LakeError) -> Element? {
    let isFirst = isWaiting.withLock { waiting in
      defer { waiting = false }
      return waiting
    }
    if isFirst { shared.run() }
    while true {
      let index = position.withLock { $0 }
      guard index < shared.items.count else { return nil }
      if let element = try shared.take(index) { return element }
      position.withLock { $0 = index + 1 }
      shared.advance(to: index + 1)
    }
  }
}

private final class Shared<Item: Sendable, Element: Sendable>: Sendable {
  struct Lane: Sendable {
    var waiting: [Element] = []
    var failure: LakeError?
    var isDone = false
  }

  struct State: Sendable {
    var lanes: [Lane]
    var nextItem = 0
    /// The item that the consumer takes from.
    var position = 0
    /// Elements that wait, of all items.
    var waitingCount = 0
    var isStopped = false

    /// Whether an item may add an element: the one being taken from always may soon.
    func hasRoom(_ index: Int, _ most: Int) -> Bool {
      waitingCount < most || (index == position && lanes[index].waiting.count < 2)
    }
  }

  let items: [Item]
  /// Elements that may wait.
  let ahead: Int
  let window: Int
  let body: @Sendable (Item, _ emit: (Element) throws(LakeError) -> Void) throws(LakeError) -> Void
  let state: Monitor<State>

  init(
    _ items: [Item], _ ahead: Int, window: Int,
    _ body:
      @escaping @Sendable (
        Item, _ emit: (Element) throws(LakeError) -> Void
      ) throws(LakeError) -> Void
  ) {
    self.items = items
    self.ahead = ahead
    self.window = window
    self.body = body
    state = Monitor(State(lanes: Array(repeating: Lane(), count: items.count)))
  }

  /// No thread could be started: the consumer learns it at the first element.
  func fail() {
    let failure = LakeError(.descriptorsExhausted, "the system refuses to start a thread")
    state.update {
      $0.isStopped = true
      $0.lanes[0].failure = failure
      $0.lanes[0].isDone = true
    }
  }

  func stop() { state.update { $0.isStopped = true } }

  func advance(to index: Int) { state.update { $0.position = index } }

  func take(_ index: Int) throws(LakeError) -> Element? {
    var element: Element?
    var failure: LakeError?
    state.wait(until: { !$0.lanes[index].waiting.isEmpty || $0.lanes[index].isDone }) { state in
      if !state.lanes[index].waiting.isEmpty {
        element = state.lanes[index].waiting.removeFirst()
        state.waitingCount -= 1
      } else {
        failure = state.lanes[index].failure
      }
    }
    if let failure { throw failure }
    return element
  }

  func run() {
    while let index = claim() {
      var failure: LakeError?
      do throws(LakeError) {
        try body(items[index]) { (element: Element) throws(LakeError) in
          var isStopped = false
          state.wait(until: { $0.isStopped || $0.hasRoom(index, ahead) }) {
            isStopped = $0.isStopped
            if isStopped { return }
            $0.lanes[index].waiting.append(element)
            $0.waitingCount += 1
          }
          if isStopped { throw LakeError(.cancelled, "the reader stopped") }
        }
      } catch {
        failure = error
      }
      state.update {
        $0.lanes[index].isDone = true
        $0.lanes[index].failure = failure
      }
    }
  }

  private func claim() -> Int? {
    var index: Int?
    let count = items.count
    let window = self.window
    state.wait(until: {
      $0.isStopped || $0.nextItem >= count || $0.nextItem < $0.position + window
    }) {
      guard !$0.isStopped, $0.nextItem < count else { return }
      index = $0.nextItem
      $0.nextItem += 1
    }
    return index
  }
}

/// A value behind a lock that threads can wait on.
final class Monitor<Value: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var value: Value

  init(_ value: Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  func update(_ body: (inout Value) -> Void) {
    pthread_mutex_lock(mutex)
    body(&value)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  func wait(until ready: (Value) -> Bool, _ body: (inout Value) -> Void) {
    pthread_mutex_lock(mutex)
    while !ready(value) { pthread_cond_wait(condition, mutex) }
    body(&value)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}
