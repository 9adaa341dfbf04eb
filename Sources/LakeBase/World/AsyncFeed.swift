// Spec: 01-terms. Work done ahead on a thread of its own, taken by an asynchronous reader.
import Synchronization

/// One plain thread produces elements, an asynchronous consumer takes them; at most `ahead` wait,
/// so the consumer never blocks its pool and the producer never runs away. Dropping the feed, or
/// cancelling the task that waits on it, stops the work. One consumer at a time.
public final class AsyncFeed<Element: Sendable>: Sendable {
  private let shared: FeedState<Element>

  /// - Parameter body: hands its elements to `emit`, which throws `cancelled` once nobody wants
  ///   more.
  public init(
    ahead: Int = 2,
    _ body:
      @escaping @Sendable (_ emit: (Element) throws(LakeError) -> Void) throws(LakeError)
      -> Void
  ) {
    let shared = FeedState<Element>()
    self.shared = shared
    let isStarted = Workers.detach {
      var failure: LakeError?
      do throws(LakeError) {
        try body { (element: Element) throws(LakeError) in
          if !shared.put(element, ahead) { throw LakeError(.cancelled, "the reader stopped") }
        }
      } catch { failure = error }
      shared.finish(failure)
    }
    if !isStarted {
      shared.finish(LakeError(.descriptorsExhausted, "the system refuses to start a thread"))
    }
  }

  deinit { shared.stop() }

  /// The next element, or nil after the last. Throws what the producer threw, and `cancelled` when
  /// the task is.
  public func next() async throws(LakeError) -> Element? {
    let shared = self.shared
    while true {
      // A task that is cancelled already stops the producer here, whatever waits.
      await withTaskCancellationHandler {
        await withCheckedContinuation { shared.wait($0) }
      } onCancel: {
        shared.stop()
      }
      switch shared.take() {
      case .element(let element): return element
      case .failed(let error): throw error
      case .ended: return nil
      case .nothing: continue
      }
    }
  }
}

/// What both sides see.
private final class FeedState<Element: Sendable>: Sendable {
  enum Taken: Sendable {
    case element(Element)
    case failed(LakeError)
    case ended, nothing
  }

  struct State: Sendable {
    var waiting: [Element] = []
    var failure: LakeError?
    var isDone = false
    var isStopped = false
    var consumer: CheckedContinuation<Void, Never>?
  }

  let state = Monitor(State())

  /// False once nobody wants more.
  func put(_ element: Element, _ ahead: Int) -> Bool {
    var isWanted = false
    var consumer: CheckedContinuation<Void, Never>?
    state.wait(until: { $0.isStopped || $0.waiting.count < ahead }) { state in
      isWanted = !state.isStopped
      if isWanted { state.waiting.append(element) }
      consumer = state.consumer
      state.consumer = nil
    }
    consumer?.resume()
    return isWanted
  }

  func finish(_ failure: LakeError?) {
    wake { state in
      state.isDone = true
      state.failure = failure
    }
  }

  func stop() { wake { $0.isStopped = true } }

  private func wake(_ change: (inout State) -> Void) {
    var consumer: CheckedContinuation<Void, Never>?
    state.update { state in
      change(&state)
      consumer = state.consumer
      state.consumer = nil
    }
    consumer?.resume()
  }

  func take() -> Taken {
    var taken = Taken.nothing
    state.update { state in
      if state.isStopped {
        taken = .failed(LakeError(.cancelled, "the task was cancelled"))
      } else if !state.waiting.isEmpty {
        taken = .element(state.waiting.removeFirst())
      } else if state.isDone {
        taken = state.failure.map { .failed($0) } ?? .ended
        state.failure = nil
      }
    }
    return taken
  }

  /// Resumes when there may be something to take.
  func wait(_ continuation: CheckedContinuation<Void, Never>) {
    var isReady = false
    state.update { state in
      isReady = state.isStopped || state.isDone || !state.waiting.isEmpty
      if !isReady { state.consumer = continuation }
    }
    if isReady { continuation.resume() }
  }
}
