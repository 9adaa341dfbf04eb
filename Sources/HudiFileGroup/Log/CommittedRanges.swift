// Spec: 07-log-files. Which bytes of a log file completed commits recorded, found by halving: a
// file may have as many ranges as blocks.

/// Ranges of bytes that commits recorded. [LOG-6]
struct CommittedRanges: Sendable {
  /// Their union: ascending, apart from each other.
  private let union: [Range<Int>]
  private let ends: Set<Int>

  init(_ ranges: [Range<Int>]) {
    var union: [Range<Int>] = []
    for range in ranges.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = union.last, range.lowerBound <= last.upperBound {
        let end = Swift.max(last.upperBound, range.upperBound)
        union[union.count - 1] = last.lowerBound..<end
      } else {
        union.append(range)
      }
    }
    self.union = union
    ends = Set(ranges.map(\.upperBound))
  }

  /// One past the last recorded byte; zero where nothing is recorded.
  var end: Int { union.last?.upperBound ?? 0 }

  /// Whether one of the ranges ends here or goes on beyond.
  func reaches(_ place: Int) -> Bool { ends.contains(place) || overlaps(place..<place + 1) }

  func overlaps(_ range: Range<Int>) -> Bool {
    if range.isEmpty { return false }
    // The first that ends behind the range's begin is the only one that may touch it first.
    var low = 0
    var high = union.count
    while low < high {
      let middle = (low + high) / 2
      if union[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return low < union.count && union[low].lowerBound < range.upperBound
  }
}
