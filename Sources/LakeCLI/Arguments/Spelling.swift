// Spec: 16-command-line. "Did you mean".

/// Nearest spellings of names.
enum Spelling {
  /// The candidate with the fewest edits to `word`, if there are few; the first among equals.
  static func nearest(to word: String, in candidates: [String]) -> String? {
    let allowed = Swift.max(1, word.count / 3)
    var best: (distance: Int, name: String)?
    for name in candidates {
      let distance = distance(Array(word), Array(name))
      if distance <= allowed && distance < best?.distance ?? .max { best = (distance, name) }
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and exchanges of neighbours between two words.
  static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var before: [Int] = []
    var above = Array(0...right.count)
    for i in left.indices {
      var row = [i + 1]
      for j in right.indices {
        let same = left[i] == right[j]
        var cost = Swift.min(above[j] + (same ? 0 : 1), above[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          cost = Swift.min(cost, before[j - 1] + 1)
        }
        row.append(cost)
      }
      before = above
      above = row
    }
    return above[right.count]
  }
}
