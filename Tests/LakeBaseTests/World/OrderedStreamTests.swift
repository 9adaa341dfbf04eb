// Work in order: on several threads, and at once where there is little of it.
import LakeBase
import Synchronization
import Testing

@Suite("Work in order")
struct OrderedStreamTests {
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
