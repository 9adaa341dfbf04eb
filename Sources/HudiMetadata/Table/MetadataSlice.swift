// Spec: 09-metadata-table. One file slice of an index: a base file and the log blocks upon it.
import HudiFileGroup
import HudiModel
import LakeBase
import LakeCodecs
import LakeHFile
import LakeStorage

/// An open slice: sorted layers, the oldest first.
struct MetadataSlice: Sendable {
  private enum Layer: Sendable {
    case records(HFile, MetadataDecoder, path: String)
    case deletes(Set<ExactText>)
  }

  /// Log files up to this size are read once as a whole: most of their bytes are needed.
  /// [MDT-19]
  private static let wholeBytes = 1 << 20

  private let layers: [Layer]

  init(_ slice: FileSlice, _ reader: MetadataReader) throws(LakeError) {
    let directory = try reader.directory(slice.partition.text)
    var layers: [Layer] = []
    let codecs = CodecContext()
    if let base = slice.base {
      let path = try directory.appending(base.name.text)
      layers.append(
        try naming(path.text) { () throws(LakeError) in
          try Self.records(
            reader.storage.open(path, expectedSize: base.size), reader, codecs, schema: nil,
            path.text)
        })
    }
    let scan = try LogScan(
      reader.storage, in: directory, slice.logs,
      LogAdmission(reader.inputs.filter, reader.version), wholeBytes: Self.wholeBytes,
      world: reader.world)
    guard scan.gapCount == 0 else {
      throw LakeError(
        .metadataTableMalformed, "a log file of \(slice.group) is damaged", path: directory.text)
    }
    for item in scan.items {
      let file = try scan.reader(of: item)
      layers.append(
        try naming(file.path) { () throws(LakeError) in
          try Self.layer(file, item.block, reader, codecs)
        })
    }
    self.layers = layers
  }

  private static func layer(
    _ file: LogFileReader, _ block: LogBlock, _ reader: MetadataReader, _ codecs: CodecContext
  ) throws(LakeError) -> Layer {
    switch block.type {
    case .hfileData:
      do throws(LakeError) {
        return try records(
          BufferSource(try file.content(of: block)), reader, codecs,
          schema: block.header[.schema], file.path)
      } catch {
        throw error.shifted(by: block.content.lowerBound)
      }
    case .delete:
      var keys: Set<ExactText> = []
      var deletes = try LogDeletesReader(file, block, ordering: [])
      while let part = try deletes.next() {
        for row in 0..<part.keys.count { keys.insert(ExactText(part.keys.string(row))) }
      }
      return .deletes(keys)
    default:
      throw LakeError(
        .metadataTableMalformed, "a log block of type \(block.type) in an index",
        offset: block.offset)
    }
  }

  /// The schema stands in the file itself; in log blocks also in the header.
  private static func records(
    _ source: any ByteSource, _ reader: MetadataReader, _ codecs: CodecContext, schema: String?,
    _ path: String
  ) throws(LakeError) -> Layer {
    let file = try HFile(source, limits: reader.world.limits, codecs: codecs)
    guard let text = schema ?? file[info: "schema"]?.text else {
      throw LakeError(.metadataTableMalformed, "the records have no schema", offset: 0)
    }
    return .records(file, try reader.decoders.decoder(text), path: path)
  }

  // MARK: Reading

  /// Merged live records of keys in the order of their bytes.
  func find(sorted keys: [Buffer]) throws(LakeError) -> [MetadataRecord.Content?] {
    var found = [MetadataRecord.Content?](repeating: nil, count: keys.count)
    let texts = keys.map { ExactText($0.lossyText) }
    let codecs = CodecContext()
    for layer in layers {
      switch layer {
      case .records(let file, let decoder, let path):
        let values = try naming(path) { () throws(LakeError) in
          try file.find(sorted: keys, codecs)
        }
        for (index, value) in values.enumerated() {
          guard let value else { continue }
          found[index] = try naming(path) { () throws(LakeError) in
            try decoder.content(value).merged(over: found[index])
          }
        }
      case .deletes(let deleted):
        if deleted.isEmpty { continue }
        for index in keys.indices where deleted.contains(texts[index]) { found[index] = nil }
      }
    }
    return found.map { content in content.flatMap { $0.isDeleted ? nil : $0 } }
  }

  /// Merged live records whose keys start with `prefix`, in no order.
  func records(prefix: Buffer) throws(LakeError) -> [MetadataRecord] {
    var found: [ExactText: MetadataRecord.Content] = [:]
    let codecs = CodecContext()
    for layer in layers {
      switch layer {
      case .records(let file, let decoder, let path):
        try naming(path) { () throws(LakeError) in
          var scan = prefix.isEmpty ? file.scan(codecs) : file.scan(prefix: prefix, codecs)
          while let entries = try scan.next() {
            for index in 0..<entries.count {
              guard let text = entries.key(index).text else {
                throw LakeError(.metadataTableMalformed, "a key is not UTF-8")
              }
              let key = ExactText(text)
              found[key] = try decoder.content(entries.value(index)).merged(over: found[key])
            }
          }
        }
      case .deletes(let deleted):
        for key in deleted { found[key] = nil }
      }
    }
    return found.compactMap { $1.isDeleted ? nil : MetadataRecord(key: $0, $1) }
  }
}
