// Runs tasks one at a time between two storage operations; the seed decides who goes on.
import LakeBase

#if canImport(Glibc)
  import Glibc
#endif

/// A baton for threads: exactly one task runs, and a seed replays exactly.
///
/// `@unchecked Sendable`: all state is read and written with `lock` held.
public final class SimScheduler: @unchecked Sendable {
  private final class Task {
    let name: String
    var isDone = false
    /// What it waits for; nil when it can run.
    var condition: (() -> Bool)?
    var failure: LakeError?
    init(_ name: String) { self.name = name }
  }

  private var lock = pthread_mutex_t()
  private var changed = pthread_cond_t()
  private let random: SeededRandom
  private let switchOneIn: UInt64
  private var tasks: [Task] = []
  private var threads: [pthread_t: Int] = [:]
  private var running: Int?
  private var isStuck = false
  private var turns: [Int] = []

  /// - Parameter switchOneIn: 1 switches at every operation; larger numbers preempt more rarely.
  public init(seed: UInt64, switchOneIn: UInt64 = 1) {
    random = SeededRandom(seed)
    self.switchOneIn = switchOneIn
    pthread_mutex_init(&lock, nil)
    pthread_cond_init(&changed, nil)
  }

  deinit {
    pthread_mutex_destroy(&lock)
    pthread_cond_destroy(&changed)
  }

  /// Which task had each turn: equal seeds give equal orders.
  public var order: [Int] {
    pthread_mutex_lock(&lock)
    defer { pthread_mutex_unlock(&lock) }
    return turns
  }

  /// Whether the calling thread is one of the tasks.
  public var isTask: Bool {
    pthread_mutex_lock(&lock)
    defer { pthread_mutex_unlock(&lock) }
    return threads[pthread_self()] != nil
  }

  /// Gives the baton away, perhaps to the caller again. Does nothing outside of tasks.
  public func yield() {
    pthread_mutex_lock(&lock)
    defer { pthread_mutex_unlock(&lock) }
    guard let me = threads[pthread_self()] else { return }
    if random.next() % switchOneIn == 0 { pass() }
    while running != me && !isStuck { pthread_cond_wait(&changed, &lock) }
  }

  /// Waits until `condition` holds. Throws when no task can go on any more.
  public func wait(until condition: @escaping () -> Bool) throws(LakeError) {
    pthread_mutex_lock(&lock)
    defer { pthread_mutex_unlock(&lock) }
    guard let me = threads[pthread_self()] else { return }
    tasks[me].condition = condition
    pass()
    while running != me && !isStuck { pthread_cond_wait(&changed, &lock) }
    tasks[me].condition = nil
    if isStuck {
      throw LakeError(
        .defect,
        "deadlock: " + tasks.filter { !$0.isDone }.map(\.name).joined(separator: ", ") + " wait")
    }
  }

  /// Chooses who runs next; with the lock held.
  private func pass() {
    let ready = tasks.indices.filter { !tasks[$0].isDone && tasks[$0].condition?() != false }
    if ready.isEmpty {
      running = nil
      isStuck = tasks.contains { !$0.isDone }
    } else {
      let next = ready[Int(random.next() % UInt64(ready.count))]
      running = next
      turns.append(next)
    }
    pthread_cond_broadcast(&changed)
  }

  /// Runs all tasks to their end; the errors by task, nil where there was none.
  public func run(
    _ work: [(name: String, body: @Sendable () throws(LakeError) -> Void)]
  ) -> [LakeError?] {
    tasks = work.map { Task($0.name) }
    threads = [:]
    isStuck = false
    running = nil
    var handles: [pthread_t] = []
    for (index, item) in work.enumerated() {
      let start = Start(scheduler: self, index: index, body: item.body)
      var handle = pthread_t()
      let argument = Unmanaged.passRetained(start)
      pthread_create(
        &handle, nil,
        { raw in
          guard let raw else { return nil }
          let start = Unmanaged<Start>.fromOpaque(raw).takeRetainedValue()
          start.scheduler.enter(start.index, start.body)
          return nil
        }, argument.toOpaque())
      handles.append(handle)
    }
    pthread_mutex_lock(&lock)
    while threads.count < work.count { pthread_cond_wait(&changed, &lock) }
    pass()
    pthread_mutex_unlock(&lock)
    for handle in handles { pthread_join(handle, nil) }
    return tasks.map(\.failure)
  }

  private final class Start: Sendable {
    let scheduler: SimScheduler
    let index: Int
    let body: @Sendable () throws(LakeError) -> Void
    init(
      scheduler: SimScheduler, index: Int, body: @escaping @Sendable () throws(LakeError) -> Void
    ) {
      self.scheduler = scheduler
      self.index = index
      self.body = body
    }
  }

  private func enter(_ index: Int, _ body: () throws(LakeError) -> Void) {
    pthread_mutex_lock(&lock)
    threads[pthread_self()] = index
    pthread_cond_broadcast(&changed)
    while running != index && !isStuck { pthread_cond_wait(&changed, &lock) }
    pthread_mutex_unlock(&lock)
    var failure: LakeError?
    do throws(LakeError) { try body() } catch { failure = error }
    pthread_mutex_lock(&lock)
    tasks[index].failure = failure
    tasks[index].isDone = true
    // The system gives the number of an ended thread to another one.
    threads[pthread_self()] = nil
    pass()
    pthread_mutex_unlock(&lock)
  }
}
