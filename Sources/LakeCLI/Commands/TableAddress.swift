// Spec: 16-command-line. `TABLE@VERSION`: which table, and as of when.
import HudiScan
import Lake
import LakeBase

/// A table on the command line, opened, with the version asked for.
struct TableAddress {
  let table: LakeTable
  /// The path as given, for messages.
  let name: String
  /// What stands behind `@` or `--as-of`, ready for `LakeTable`; nil for the newest.
  let version: String?

  /// An existing table whose path contains the `@` wins.
  /// - Parameter asOf: the value of `--as-of`.
  init(_ text: String, _ session: Session, asOf: String? = nil) throws(LakeError) {
    let (opened, missing) = try Self.find(text, session)
    if let opened {
      table = opened
      name = text
      version = try asOf.map { (text) throws(LakeError) in try Self.zoned(text, session) }
      return
    }
    guard let at = text.lastIndex(of: "@"), at != text.startIndex else {
      throw missing ?? LakeError(.tableNotFound, "there is no table at \(text)")
    }
    if asOf != nil {
      throw LakeError(.usage, "\"\(text)\" names a version, and so does --as-of; one is enough")
    }
    name = String(text[..<at])
    table = try session.openTable(name)
    version = try Self.zoned(String(text[text.index(after: at)...]), session)
  }

  /// The version asked for.
  func snapshot() throws(LakeError) -> Snapshot {
    if let version { return try table.snapshot(asOf: version) }
    return try table.snapshot()
  }

  /// The table at a path, or the error that says there is none.
  private static func find(
    _ text: String, _ session: Session
  ) throws(LakeError) -> (LakeTable?, LakeError?) {
    do throws(LakeError) {
      return (try session.openTable(text), nil)
    } catch {
      guard error.code == .tableNotFound else { throw error }
      return (nil, error)
    }
  }

  /// The version with the zone of `--tz` where it is a time without one.
  static func zoned(_ text: String, _ session: Session) throws(LakeError) -> String {
    if text.hasPrefix("pin:") {
      throw LakeError(
        .timeMalformed, "\"\(text)\": this version of lake knows no pins yet",
        hint: "an instant, a time with a zone, -2h, ^, ^^ or tag:NAME")
    }
    let seconds = text.count == 16 ? text + ":00" : text
    guard let time = CivilTime.parse(seconds + "Z") else { return text }
    guard session.zoneIsGiven else {
      throw LakeError(
        .timeMalformed, "the time \"\(text)\" has no zone",
        hint: "\(seconds)Z, or --tz for the zone it is meant in")
    }
    return seconds + CivilTime.offset(session.zone.offset(at: time / 1000))
  }
}
