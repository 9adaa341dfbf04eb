// A thread that produces, a task that takes.
import LakeBase
import LakeTestKit
import Synchronization
import Testing

@Suite("Async feeds") struct AsyncFeedTests {
  /// How far a producer came.
  final class Count: Sendable {
    private let number = Atomic<Int>(0)
    private let flag = Atomic<Bool>(false)
    var value: Int { number.load(ordering: .acquiring) }
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func increment() { number.wrappingAdd(1, ordering: .acquiringAndReleasing) }
    func set() { flag.store(true, ordering: .releasing) }
  }

  /// Waits up to ten seconds.
  static func wait(until condition: () -> Bool) async -> Bool {
    for _ in 0..<10_000 {
      if condition() { return true }
      try? await Task.sleep(nanoseconds: 1_000_000)
    }
    return condition()
  }

  static func endless(_ count: Count, _ ended: Count) -> AsyncFeed<Int> {
    AsyncFeed(ahead: 2) { (emit) throws(LakeError) in
      defer { ended.set() }
      while true {
        count.increment()
        try emit(count.value)
      }
    }
  }

  @Test("all elements in order, then the end, again and again", .spec("QUERY-70"))
  func order() async throws {
    let feed = AsyncFeed<Int>(ahead: 3) { (emit) throws(LakeError) in
      for number in 0..<1000 { try emit(number) }
    }
    for number in 0..<1000 { #expect(try await feed.next() == number) }
    #expect(try await feed.next() == nil)
    #expect(try await feed.next() == nil)
  }

  @Test("the error comes after what was produced before it")
  func failure() async throws {
    let feed = AsyncFeed<Int> { (emit) throws(LakeError) in
      try emit(1)
      throw LakeError(.ioFailed, "gone")
    }
    #expect(try await feed.next() == 1)
    await #expect(throws: LakeError.self) { try await feed.next() }
  }

  @Test("two elements ahead and no more; dropping the feed ends the producer", .spec("QUERY-70"))
  func bounded() async throws {
    let count = Count()
    let ended = Count()
    do {
      let feed = Self.endless(count, ended)
      #expect(try await feed.next() == 1)
      #expect(await Self.wait { count.value == 4 })
      try await Task.sleep(nanoseconds: 20_000_000)
      // One taken, two waiting, one in the producer's hand.
      #expect(count.value == 4 && !ended.isSet)
      withExtendedLifetime(feed) {}
    }
    #expect(await Self.wait { ended.isSet })
    #expect(count.value == 4)
  }

  @Test("a cancelled task is told so, and the producer ends", .spec("QUERY-70"))
  func cancellation() async throws {
    let ended = Count()
    let never = Count()
    let feed = AsyncFeed<Int> { (emit) throws(LakeError) in
      defer { ended.set() }
      let clock = SystemClock()
      while !never.isSet { clock.sleep(milliseconds: 1) }
      try emit(1)
    }
    let task = Task { () -> LakeCode? in
      do throws(LakeError) {
        _ = try await feed.next()
        return nil
      } catch { return error.code }
    }
    try await Task.sleep(nanoseconds: 5_000_000)
    task.cancel()
    #expect(await task.value == .cancelled)
    never.set()
    #expect(await Self.wait { ended.isSet })
  }

  @Test("waiting blocks no thread of the pool", .spec("QUERY-70"))
  func pool() async throws {
    let gate = Count()
    let tasks = (0..<64).map { _ in
      let feed = AsyncFeed<Int> { (emit) throws(LakeError) in
        let clock = SystemClock()
        while !gate.isSet { clock.sleep(milliseconds: 1) }
        try emit(7)
      }
      return Task { try await feed.next() }
    }
    // Opened by a task behind 64 that wait: it runs only if they left their threads.
    let opener = Task { gate.set() }
    await opener.value
    for task in tasks { #expect(try await task.value == 7) }
  }
}
