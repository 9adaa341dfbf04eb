// Rows compared value by value, with a message that says where they differ.
import LakeBase
import LakeColumns
import Testing

/// The rows of batches as scalars.
public func rows(of batches: [RecordBatch]) -> [[Scalar]] {
  batches.flatMap { batch in
    (0..<batch.count).map { row in batch.columns.map { $0.scalar(row) } }
  }
}

/// Records the first differences between what is there and what should be.
/// - Parameter ordered: whether the order of rows matters.
public func expectRows(
  _ found: [[Scalar]], _ expected: [[Scalar]], ordered: Bool = true, _ about: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  func fail(_ text: String) {
    Issue.record(
      Comment(rawValue: about.isEmpty ? text : about + ": " + text), sourceLocation: sourceLocation)
  }
  if found.count != expected.count {
    fail("\(found.count) rows instead of \(expected.count)")
  }
  if ordered {
    for (index, pair) in zip(found, expected).enumerated() where pair.0 != pair.1 {
      return fail("row \(index) is \(pair.0) instead of \(pair.1)")
    }
    return
  }
  var counts: [[Scalar]: Int] = [:]
  for row in expected { counts[row, default: 0] += 1 }
  for row in found { counts[row, default: 0] -= 1 }
  for (row, count) in counts.filter({ $0.value != 0 }).prefix(3) {
    fail(count > 0 ? "row \(row) is missing" : "row \(row) should not be there")
  }
}

/// Records where a batch differs from another: schema first, then rows.
public func expectBatch(
  _ found: RecordBatch, _ expected: RecordBatch, ordered: Bool = true, _ about: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let (have, want) = (found.schema.fields, expected.schema.fields)
  if have.map(\.name) != want.map(\.name) || have.map(\.type) != want.map(\.type) {
    func text(_ fields: [Field]) -> String {
      fields.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
    }
    Issue.record(
      "\(about) schema \(text(have)) instead of \(text(want))", sourceLocation: sourceLocation)
    return
  }
  expectRows(
    rows(of: [found]), rows(of: [expected]), ordered: ordered, about,
    sourceLocation: sourceLocation)
}
