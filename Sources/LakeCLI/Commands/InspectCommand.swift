// Spec: 16-command-line. `lake inspect`: any file of a table, block by block.
import Lake
import LakeBase
import LakeStorage

extension CommandList {
  static let inspect = CommandSpec(
    "inspect", "any file of a table, block by block",
    examples: [
      ("lake inspect orders/dt=1/5f1c….parquet", "columns, row groups, key filter"),
      ("lake inspect orders/.hoodie/timeline/20260301….commit", "a commit, decoded"),
      ("lake inspect damaged.parquet --verify", "how far it can be read"),
    ],
    operands: "FILE", count: 1...1,
    options: [.flag("verify", "decode every block as well, and check what can be checked")],
    exits: [6, 7, 8, 12], seeAlso: ["show", "slices", "read"],
    notes: [
      "Parquet, Avro, HFile and log files, instants of every action and state, archives, "
        + "hoodie.properties, partition metadata and markers are known by their content.",
      "Of a damaged file everything is printed up to the damage; the error comes last and "
        + "decides the exit status.",
    ],
    run: { (session, arguments) throws(LakeError) in
      try InspectCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake inspect`.
struct InspectCommand {
  let session: Session
  let arguments: Arguments

  func run() throws(LakeError) -> Int32 {
    let text = arguments.operands[0]
    let path = session.path(text)
    switch try HostFiles.kind(path) {
    case .file: break
    case nil: throw LakeError(.inputNotFound, "there is no file \"\(text)\"")
    case .directory, .stream:
      throw LakeError(
        .notRegularFile, "\"\(text)\" is no file",
        hint: "lake describe and lake slices look at whole tables", kind: .usage)
    }
    let found: Inspection
    do throws(LakeError) {
      found = try Inspection.of(
        try HostFiles.open(path), text, verify: arguments.has("verify"), session.world)
    } catch { throw error.at(text) }
    try show(found, text)
    if let failure = found.failure { throw failure.at(text) }
    return 0
  }

  private func show(_ found: Inspection, _ path: String) throws(LakeError) {
    let output = session.output
    if output.isJSON {
      try output.object("inspection", [("path", .text(path))] + found.page.fields)
      for listing in found.listings {
        for fields in listing.objects { try output.object(listing.type, fields) }
      }
      if let content = found.content { try output.object("content", [("content", content)]) }
      if found.failure == nil {
        try output.object(
          "summary",
          [("path", .text(path)), ("kind", .text(found.kind.rawValue))])
      }
      return
    }
    let isPage = output.format == .table
    if isPage { try output.line(output.strong(HumanText.safe(path))) }
    try output.lines(isPage ? found.page.shown : found.page.tabbed)
    for listing in found.listings where !listing.rows.isEmpty {
      try output.line("")
      let width = output.width.map { $0 - 2 }
      let lines = listing.lines(output.format, width: width)
      try output.lines(isPage ? lines.map { "  " + $0 } : lines)
    }
    guard let content = found.content else { return }
    try output.line("")
    let text = JSONWriter.text(content, .pretty, forTerminals: isPage)
    try output.lines(text.split(separator: "\n").map { isPage ? "  " + $0 : String($0) })
  }
}
