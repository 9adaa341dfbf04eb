// Spec: 16-command-line. What `lake inspect` found in one file, before anybody decided how it
// looks.
import HudiModel
import LakeBase

/// Facts about a file, as far as it could be read.
struct Inspection: Sendable {
  var kind: FileKind
  var page = Page()
  var listings: [Listing] = []
  /// Metadata as a tree.
  var content: JSONValue?
  /// What stopped the reading; what stands above was readable.
  var failure: LakeError?

  init(_ kind: FileKind) { self.kind = kind }

  /// Everything about one file that can be read. Throws only where nothing can be: what is not
  /// known is `inputFormatUnknown`.
  static func of(
    _ source: any ByteSource, _ path: String, verify: Bool, _ world: World
  ) throws(LakeError) -> Inspection {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let kind = try FileKind(source, name) else {
      throw LakeError(
        .inputFormatUnknown, "the file is nothing that a table consists of",
        hint: "lake read shows CSV and NDJSON")
    }
    var found = Inspection(kind)
    found.page.add("kind", .text(kind.rawValue))
    found.page.add("size", .bytes(source.count))
    found.addInstant(name)
    switch kind {
    case .parquet: found.readParquet(source, verify: verify, world)
    case .avro: found.readAvro(source, world)
    case .json: found.readJSON(source, world)
    case .instant where source.count > 0: found.readJSON(source, world)
    case .properties, .partition: found.readProperties(source, world)
    case .marker, .markers: found.readMarkers(source, name, world)
    case .hfile: found.readHFile(source, world)
    case .log: found.readLog(source, name, verify: verify, world)
    case .empty, .instant: break
    }
    if let layout = archive(name, kind) { found.readArchive(source, layout, world) }
    return found
  }

  /// Runs a step of reading; an error is kept, and later steps are left out.
  mutating func step(_ body: (inout Inspection) throws(LakeError) -> Void) {
    if failure != nil { return }
    do throws(LakeError) { try body(&self) } catch { failure = error }
  }
}

/// What a file is.
enum FileKind: String, Sendable {
  case parquet, avro, hfile, log, json, properties, partition, marker, markers, instant, empty

  /// By the content; by the name where a file is too damaged, or too short, to say.
  /// Nil for what nothing here reads.
  init?(_ source: any ByteSource, _ name: String) throws(LakeError) {
    let head = try source.read(0..<Swift.min(source.count, 4096))
    let tail = try source.read(Swift.max(0, source.count - 4)..<source.count)
    if let found = Self.byMagic(head, tail) ?? Self.byName(name) {
      self = found
    } else if head.isEmpty {
      self = .empty
    } else if let found = Self.byText(head) {
      self = found
    } else {
      return nil
    }
  }

  private static func byMagic(_ head: Buffer, _ tail: Buffer) -> FileKind? {
    func begins(_ magic: String) -> Bool {
      let bytes = Array(magic.utf8)
      return head.count >= bytes.count && head[0..<bytes.count].bytes == bytes
    }
    if begins("PAR1") || tail.bytes == Array("PAR1".utf8) { return .parquet }
    if begins("Obj\u{1}") { return .avro }
    if begins("#HUDI#") { return .log }
    for magic in ["DATABLK", "IDXROOT2", "TRABLK"] where begins(magic) { return .hfile }
    return nil
  }

  private static func byName(_ name: String) -> FileKind? {
    if name.contains(".marker.") { return .marker }
    if MarkerName.isBatch(name) || name == MarkerName.typeFileName { return .markers }
    if name.hasPrefix(PartitionMetadata.fileName) { return .partition }
    if name.hasSuffix(".properties") { return .properties }
    if name.hasSuffix(".parquet") { return .parquet }
    if name.hasSuffix(".avro") { return .avro }
    if name.hasSuffix(".hfile") { return .hfile }
    if LogFileName(name) != nil { return .log }
    if case .instant = InstantFileName(name, .two) { return .instant }
    return nil
  }

  /// A JSON text, or lines of which the first that is no comment has `=` or `:`.
  private static func byText(_ head: Buffer) -> FileKind? {
    guard UTF8Bytes.firstInvalid(head[0..<Swift.max(0, head.count - 3)]) == nil else { return nil }
    let text = head.lossyText
    guard let first = text.first(where: { !$0.isWhitespace }) else { return nil }
    if first == "{" || first == "[" || first.isNumber { return .json }
    let line = text.split(separator: "\n").first { !$0.hasPrefix("#") && !$0.hasPrefix("!") }
    return line?.contains("=") == true ? .properties : nil
  }
}
