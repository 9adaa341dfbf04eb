// Spec: 16-command-line. A list of like things, before anybody decided how it looks.
import HudiModel
import LakeBase
import LakeStorage
import LakeText

/// One value of a listing in its three faces.
struct Cell: Sendable {
  /// For people.
  let shown: String
  /// For pipes.
  let plain: String
  /// For programs.
  let json: JSONValue

  static func text(_ value: String) -> Cell {
    Cell(shown: HumanText.safe(value), plain: value, json: .text(value))
  }

  static func text(_ value: String?) -> Cell { value.map { .text($0) } ?? .absent }

  static func count(_ value: Int) -> Cell {
    Cell(shown: HumanText.count(value), plain: String(value), json: .int(value))
  }

  static func count(_ value: Int?) -> Cell { value.map { .count($0) } ?? .absent }

  static func bytes(_ value: Int) -> Cell {
    Cell(shown: HumanText.bytes(value), plain: String(value), json: .int(value))
  }

  /// Milliseconds since 1970, shown in a zone, in UTC for programs.
  static func time(_ value: Int64, _ zone: DisplayZone) -> Cell {
    let iso = CivilTime.iso(value)
    return Cell(shown: CivilTime.text(value, zone), plain: iso, json: .text(iso))
  }

  static func bool(_ value: Bool) -> Cell {
    Cell(shown: value ? "yes" : "no", plain: String(value), json: .bool(value))
  }

  /// A quotient with two digits behind the point.
  static func ratio(_ value: Double?) -> Cell {
    guard let value else { return .absent }
    let hundredths = Int((value * 100).rounded())
    let text = "\(hundredths / 100)." + CivilTime.padded(hundredths % 100, 2)
    return Cell(shown: text, plain: text, json: .number(text))
  }

  /// Shown as a time of day in the zone asked for; spelled as an instant for programs.
  static func completion(_ time: InstantTime?, _ isUTC: Bool, _ zone: DisplayZone) -> Cell {
    guard let time else { return .absent }
    guard isUTC, let milliseconds = time.civilMilliseconds else { return .text(time.text) }
    return Cell(
      shown: CivilTime.text(milliseconds, zone), plain: time.text, json: .text(time.text))
  }

  static func list(_ values: [String]) -> Cell {
    let text = values.joined(separator: ", ")
    return Cell(
      shown: HumanText.safe(text), plain: values.joined(separator: ","), json: .texts(values))
  }

  static let absent = Cell(shown: "", plain: "", json: .null)
}

/// Rows of cells under named columns.
struct Listing: Sendable {
  struct Column: Sendable {
    /// The field's name in JSON; the title elsewhere.
    let name: String
    let alignment: TextTable.Alignment

    static func left(_ name: String) -> Column { Column(name: name, alignment: .left) }
    static func right(_ name: String) -> Column { Column(name: name, alignment: .right) }
  }

  /// The `type` of each object in JSON.
  let type: String
  let columns: [Column]
  var rows: [[Cell]] = []

  init(_ type: String, _ columns: [Column]) {
    self.type = type
    self.columns = columns
  }

  /// Lines for a person or a pipe; not for JSON.
  func lines(_ format: OutputFormat, width: Int?) -> [String] {
    let titles = columns.map(\.name)
    var layout = TextTable(titles, columns.map(\.alignment), width: width)
    switch format {
    case .table:
      let texts = rows.map { $0.map(\.shown) }
      layout.measure(texts)
      return [layout.head] + texts.map { layout.line($0) } + (layout.foot.map { [$0] } ?? [])
    case .md:
      return layout.markdownHead + rows.map { TextTable.markdown($0.map(\.shown)) }
    case .csv:
      return [SeparatedText.commaSeparated(titles)]
        + rows.map { SeparatedText.commaSeparated($0.map(\.plain)) }
    case .tsv, .ndjson, .json:
      return [SeparatedText.tabbed(titles)] + rows.map { SeparatedText.tabbed($0.map(\.plain)) }
    }
  }

  /// One object a row.
  var objects: [JSONFields] {
    rows.map { row in zip(columns, row).map { (name: $0.name, value: $1.json) } }
  }
}
