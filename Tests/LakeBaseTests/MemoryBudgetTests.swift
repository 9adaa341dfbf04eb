// A budget that several readers share.
import LakeBase
import LakeTestKit
import Testing

@Suite("Memory budgets")
struct MemoryBudgetTests {
  @Test("shares add up, refuse what is too much, and are given back", .spec("LIMIT-41"))
  func shares() throws {
    let budget = MemoryBudget(limit: 100 << 20)
    #expect(budget.limit == 100 << 20)
    var first: MemoryShare? = MemoryShare(budget)
    let second = MemoryShare(budget)
    try first?.resize(to: 60 << 20)
    try second.resize(to: 40 << 20)
    let error = #expect(throws: LakeError.self) { try second.resize(to: (40 << 20) + 1) }
    #expect(error?.code == .memoryExhausted && error?.hint?.contains("--memory") == true)
    #expect(budget.held == 100 << 20)
    try second.resize(to: 10)
    #expect(budget.held == (60 << 20) + 10)
    first = nil
    #expect(budget.held == 10)
    #expect(MemoryBudget(limit: 5).limit == MemoryBudget.least)
    try MemoryShare(nil).resize(to: .max)
  }
}
