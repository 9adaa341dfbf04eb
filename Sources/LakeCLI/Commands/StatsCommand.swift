// Spec: 16-command-line. `lake stats`: figures about a table.
import HudiModel
import Lake
import LakeBase

extension CommandList {
  static let stats = CommandSpec(
    "stats", "figures: file sizes, rows a file, logs, skew, write amplification",
    examples: [
      ("lake stats orders", "one page"),
      ("lake stats orders --write-amp", "what each commit wrote for what it changed"),
    ],
    operands: "TABLE", count: 1...1,
    options: [
      .flag("sizes", "sizes of base files, one line a partition"),
      .flag("write-amp", "rows written for rows changed, one line a commit"),
    ],
    exits: [7, 8, 12], seeAlso: ["describe", "partitions"],
    run: { (session, arguments) throws(LakeError) in
      try StatsCommand(session: session, arguments: arguments).run()
    })
}

/// One run of `lake stats`.
struct StatsCommand {
  let session: Session
  let arguments: Arguments

  func run() throws(LakeError) -> Int32 {
    let name = arguments.operands[0]
    if arguments.has("sizes") && arguments.has("write-amp") {
      throw LakeError(.usage, "--sizes and --write-amp are two lists; choose one")
    }
    let found = try session.openTable(name).statistics()
    let output = session.output
    let page = page(found)
    let summary: JSONFields = [("table", .text(name))] + page.fields
    if arguments.has("sizes") {
      try output.listing(sizes(found), summary: summary)
    } else if arguments.has("write-amp") {
      try output.listing(costs(found), summary: summary)
    } else if output.isJSON {
      try output.object("summary", summary)
    } else {
      try output.lines(output.format == .table ? page.shown : page.tabbed)
    }
    return 0
  }

  private func page(_ found: TableStatistics) -> Page {
    var page = Page()
    page.add("partitions", .count(found.partitions.count))
    page.add("rows", .count(found.rows))
    page.add("baseFiles", .count(found.base.files), label: "base files")
    page.add("baseBytes", .bytes(found.base.bytes), label: "base size")
    page.add("rowsPerFile", .count(found.rowsPerFile), label: "rows a file")
    page.add("smallestFile", .bytes(found.base.least), label: "smallest file")
    page.add("medianFile", .bytes(found.base.median), label: "median file")
    page.add("ninthDecileFile", .bytes(found.base.ninth), label: "90 % file")
    page.add("largestFile", .bytes(found.base.most), label: "largest file")
    let below = "below \(HumanText.bytes(found.smallBytes))"
    page.add(
      "smallFiles",
      Cell(
        shown: "\(HumanText.count(found.smallFiles)) \(below)", plain: "\(found.smallFiles)",
        json: .int(found.smallFiles)), label: "small files")
    page.pause()
    page.add("logFiles", .count(found.logs.files), label: "log files")
    page.add("logBytes", .bytes(found.logs.bytes), label: "log size")
    page.add("logRatio", .ratio(found.logRatio), label: "log/base")
    page.pause()
    let sizes = SizeFigures(found.partitions.map(\.bytes))
    page.add("partitionBytesMedian", .bytes(sizes.median), label: "median partition")
    page.add("partitionBytesMost", .bytes(sizes.most), label: "largest partition")
    let skew = sizes.mean > 0 ? Double(sizes.most) / Double(sizes.mean) : nil
    page.add("partitionSkew", .ratio(skew), label: "largest/mean")
    page.pause()
    page.add("commits", .count(found.costs.count))
    page.add("writeAmplification", .ratio(found.writeFactor), label: "rows written/changed")
    return page
  }

  private func sizes(_ found: TableStatistics) -> Listing {
    var listing = Listing(
      "partition",
      [
        .left("partition"), .right("baseFiles"), .right("bytes"), .right("smallest"),
        .right("median"), .right("mean"), .right("ninthDecile"), .right("largest"),
      ])
    for (partition, figures) in found.sizes {
      listing.rows.append([
        .text(partition.text), .count(figures.files), .bytes(figures.bytes), .bytes(figures.least),
        .bytes(figures.median), .bytes(figures.mean), .bytes(figures.ninth), .bytes(figures.most),
      ])
    }
    return listing
  }

  private func costs(_ found: TableStatistics) -> Listing {
    var listing = Listing(
      "commit",
      [
        .left("instant"), .left("operation"), .right("changed"), .right("written"),
        .right("bytes"), .right("amplification"),
      ])
    for cost in found.costs.reversed() {
      listing.rows.append([
        .text(cost.instant.requested.text),
        .text(cost.operation?.rawValue.lowercased() ?? cost.instant.action.rawValue),
        .count(cost.changed), .count(cost.written), .bytes(cost.bytes), .ratio(cost.factor),
      ])
    }
    return listing
  }
}

extension TableStatistics {
  /// The mean, where rows are known and there is a file.
  fileprivate var rowsPerFile: Int? {
    base.files > 0 ? rows.map { $0 / base.files } : nil
  }
}
