// Spec: 16-command-line. One thing described: names and values in sections.
import LakeBase

/// A page of facts, before anybody decided how it looks.
struct Page: Sendable {
  struct Fact: Sendable {
    let name: String
    let label: String
    let cell: Cell
  }

  private(set) var sections: [[Fact]] = [[]]

  /// Adds a fact; `label` is what people read, where it is not the name.
  mutating func add(_ name: String, _ cell: Cell, label: String? = nil) {
    sections[sections.count - 1].append(Fact(name: name, label: label ?? name, cell: cell))
  }

  /// Starts a new section.
  mutating func pause() { if !(sections.last ?? []).isEmpty { sections.append([]) } }

  var facts: [Fact] { sections.flatMap { $0 } }

  /// For people: aligned, an empty line between sections. Absent values are left out.
  var shown: [String] {
    let width = facts.map { HumanText.width($0.label) }.max() ?? 0
    var lines: [String] = []
    for section in sections {
      let told = section.filter { !$0.cell.shown.isEmpty }
      if !lines.isEmpty && !told.isEmpty { lines.append("") }
      for fact in told {
        let padding = String(repeating: " ", count: width - HumanText.width(fact.label))
        lines.append("  \(fact.label)\(padding)  \(fact.cell.shown)")
      }
    }
    return lines
  }

  /// For pipes: name, tab, value.
  var tabbed: [String] { facts.map { SeparatedText.tabbed([$0.name, $0.cell.plain]) } }

  /// For programs.
  var fields: JSONFields { facts.map { (name: $0.name, value: $0.cell.json) } }
}
