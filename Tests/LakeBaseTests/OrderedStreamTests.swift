// Work done ahead: order, how far ahead, failures, early ends.
import LakeBase
import LakeTestKit
import Synchronization
import Testing

@Suite("Ordered streams")
struct OrderedStreamTests {
  private func all(_ stream: OrderedStream<Int, Int>) throws -> [Int] {
    var found: [Int] = []
    while let element = try stream.next() { found.append(element) }
    return found
  }

  @Test("elements come in the order of the items", arguments: [1, 2, 3, 8])
  func order(_ width: Int) throws {
    let sizes = [5, 0, 40, 1, 1, 0, 17, 90, 3]
    let stream = OrderedStream(Array(sizes.indices), workers: Workers(width: width)) {
      (item: Int, emit: (Int) throws(LakeError) -> Void) throws(LakeError) in
      for element in 0..<sizes[item] { try emit(item * 100 + element) }
    }
    let expected = sizes.indices.flatMap { item in (0..<sizes[item]).map { item * 100 + $0 } }
    #expect(try all(stream) == expected)
    #expect(try stream.next() == nil)
  }

  @Test("a thread may fill what all share, and no more; the rest follows when it is taken")
  func bound() throws {
    let made = Mutex<[Int: Int]>([:])
    let stream = OrderedStream(
      [0, 1, 2, 3, 4, 5], workers: Workers(width: 2), ahead: 5
    ) { (item: Int, emit: (Int) throws(LakeError) -> Void) throws(LakeError) in
      for element in 0..<20 {
        try emit(element)
        made.withLock { $0[item, default: 0] += 1 }
      }
    }
    // Nothing is taken: ten wait, and at most two more of the first item.
    var total = 0
    for _ in 0..<60_000 where total < 10 {
      SystemClock().sleep(milliseconds: 1)
      total = made.withLock { $0.values.reduce(0, +) }
    }
    SystemClock().sleep(milliseconds: 20)
    let waiting = made.withLock { $0 }
    #expect((10...12).contains(waiting.values.reduce(0, +)))
    #expect(waiting.keys.allSatisfy { $0 < 4 })
    #expect(try all(stream).count == 120)
  }

  @Test("a failure comes where its item stands, after the elements before it")
  func failure() throws {
    let stream = OrderedStream([0, 1, 2], workers: Workers(width: 2)) {
      (item: Int, emit: (Int) throws(LakeError) -> Void) throws(LakeError) in
      try emit(item)
      if item == 1 { throw LakeError(.ioFailed, "broken") }
    }
    #expect(try stream.next() == 0)
    #expect(try stream.next() == 1)
    let error = #expect(throws: LakeError.self) { _ = try stream.next() }
    #expect(error?.code == .ioFailed)
  }

  @Test("a stream that is dropped stops its work")
  func dropped() throws {
    let begun = Atomic<Int>(0)
    let ended = Atomic<Int>(0)
    var stream: OrderedStream<Int, Int>? = OrderedStream(
      [0, 1, 2, 3], workers: Workers(width: 2)
    ) { (item: Int, emit: (Int) throws(LakeError) -> Void) throws(LakeError) in
      begun.add(1, ordering: .relaxed)
      defer { ended.add(1, ordering: .relaxed) }
      for element in 0..<1_000_000 { try emit(element) }
    }
    #expect(try stream?.next() == 0)
    stream = nil
    // A thread that came late finds the stream stopped and begins nothing.
    func running() -> Int { begun.load(ordering: .relaxed) - ended.load(ordering: .relaxed) }
    for _ in 0..<60_000 where running() > 0 { SystemClock().sleep(milliseconds: 1) }
    #expect(running() == 0)
    #expect((1...2).contains(begun.load(ordering: .relaxed)))
  }
}

/// Work that is little is done at once by the one who asks; the answers are the same.
@Suite("Little work in order")
struct LittleWorkTests {
  private func all(_ stream: OrderedStream<Int, Int>) throws(LakeError) -> [Int] {
    var all: [Int] = []
    while let element = try stream.next() { all.append(element) }
    return all
  }

  @Test("elements come in the order of the items, whoever works", arguments: [true, false])
  func order(_ isSmall: Bool) throws {
    let stream = OrderedStream(
      Array(0..<20), workers: Workers(width: 3), isSmall: isSmall
    ) { (item: Int, emit: (Int) throws(LakeError) -> Void) throws(LakeError) in
      for step in 0..<(item % 7) { try emit(item * 10 + step) }
    }
    #expect(try all(stream) == (0..<20).flatMap { item in (0..<(item % 7)).map { item * 10 + $0 } })
    let none = OrderedStream([Int](), workers: Workers(width: 3), isSmall: isSmall) {
      (_: Int, _: (Int) throws(LakeError) -> Void) throws(LakeError) in
    }
    #expect(try all(none) == [])
  }

  @Test("what came before a failure comes, then the failure", arguments: [true, false])
  func failure(_ isSmall: Bool) throws {
    let stream = OrderedStream([1, 2], workers: Workers(width: 2), isSmall: isSmall) {
      (item: Int, emit: (Int) throws(LakeError) -> Void) throws(LakeError) in
      try emit(item)
      if item == 2 { throw LakeError(.cancelled, "no more") }
    }
    #expect(try stream.next() == 1)
    #expect(try stream.next() == 2)
    let error = #expect(throws: LakeError.self) { try stream.next() }
    #expect(error?.code == .cancelled)
  }

  @Test("little work begins with the first question, and no other thread does it")
  func small() throws {
    let begun = Atomic<Int>(0)
    let elements = 1_000
    let stream = OrderedStream([0], workers: Workers(width: 4), ahead: 1, isSmall: true) {
      (_: Int, emit: (Int) throws(LakeError) -> Void) throws(LakeError) in
      begun.add(1, ordering: .relaxed)
      for element in 0..<elements { try emit(element) }
    }
    #expect(begun.load(ordering: .relaxed) == 0)
    #expect(try stream.next() == 0)
    #expect(begun.load(ordering: .relaxed) == 1)
    #expect(try all(stream).count == elements - 1)
  }

  @Test("a number of threads is narrowed, never below one")
  func width() {
    #expect(Workers(width: 4).atMost(2).width == 2)
    #expect(Workers(width: 2).atMost(9).width == 2)
    #expect(Workers(width: 2).atMost(0).width == 1)
  }
}
