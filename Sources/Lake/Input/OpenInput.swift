// Spec: 14-text-rows. One input whose columns are known and whose rows can be read.
import LakeAvro
import LakeBase
import LakeCodecs
import LakeColumns
import LakeParquet
import LakeStorage
import LakeText

/// One input after its format and columns were found out.
final class OpenInput {
  let place: InputPlace
  let schema: Schema
  let formatName: String
  private let format: Format
  private let codec: Codec
  private let options: InputOptions
  private let world: World
  private let meter: InputMeter
  /// A stream that is kept while it is looked at.
  private let replay: ReplayText?
  private let file: ParquetFile?
  private let source: (any ByteSource)?

  private enum Format: String {
    case csv, tsv, ndjson, parquet, avro, keys
  }

  init(
    _ place: InputPlace, _ options: InputOptions, _ world: World, _ meter: InputMeter
  ) throws(LakeError) {
    self.place = place
    self.options = options
    self.world = world
    self.meter = meter
    do throws(LakeError) {
      source = try place.size == nil ? nil : HostFiles.open(place.path)
      let stream = try source == nil ? Self.stream(place, world, meter) : nil
      let found = try Self.detect(place, source, stream, options)
      format = found.format
      replay = found.replay
      codec = found.codec
      formatName = format.rawValue + (codec == .none ? "" : " (\(codec.name))")
      if let how = found.guess {
        world.journal.note("\(place.name): taken for \(formatName), by its \(how)")
      }
      switch format {
      case .parquet:
        let whole = try Self.randomAccess(source, replay, place)
        let opened = try ParquetFile(whole)
        file = opened
        schema = opened.schema
      case .avro:
        let whole = try Self.randomAccess(source, replay, place)
        file = nil
        schema = try AvroBatches(whole, limits: world.limits).schema
      case .keys:
        file = nil
        schema = Schema([Field("_hoodie_record_key", .string, nullable: false)])
      case .csv, .tsv, .ndjson:
        file = nil
        let open = Self.opener(source, replay, found.codec, meter, world)
        schema = try TextColumns(options, world, place.name).find(
          isJSON: format == .ndjson, isTSV: format == .tsv, open)
      }
    } catch { throw error.ofInput(place.name) }
  }

  // MARK: Finding out

  private static func stream(
    _ place: InputPlace, _ world: World, _ meter: InputMeter
  ) throws(LakeError) -> ReplayText {
    let next: () throws(LakeError) -> Buffer?
    if place.path == "-" {
      let input = StandardInput(world.cancellation)
      next = { () throws(LakeError) in
        let chunk = try input.read(upTo: 1 << 20)
        return chunk.isEmpty ? nil : chunk
      }
    } else {
      next = try HostFiles.stream(place.path, world.cancellation)
    }
    return ReplayText(
      ClosureText { () throws(LakeError) in
        let chunk = try next()
        meter.add(chunk?.count ?? 0)
        return chunk
      })
  }

  private struct Detected {
    var format: Format
    var codec: Codec
    /// What the format was guessed from; nil when the name or an option said it.
    var guess: String?
    var replay: ReplayText?
  }

  private static func detect(
    _ place: InputPlace, _ source: (any ByteSource)?, _ stream: ReplayText?,
    _ options: InputOptions
  ) throws(LakeError) -> Detected {
    let head: Buffer
    if let source {
      head = try source.read(0..<Swift.min(source.count, 1 << 16))
    } else {
      head = try stream?.peek() ?? Buffer()
    }
    let codec = InputFormat.codec(of: head)
    let named = place.path == "-" ? nil : InputFormat.byName(place.name).format
    let isText =
      place.name.hasSuffix(".txt") || place.name.hasSuffix(".txt.gz")
      || place.name.hasSuffix(".txt.zst")
    if options.linesAreKeys && isText && options.format == nil {
      return Detected(format: .keys, codec: codec, guess: nil, replay: stream)
    }
    if let format = options.format ?? named {
      return Detected(
        format: Format(rawValue: format.rawValue) ?? .csv, codec: codec, guess: nil, replay: stream)
    }
    var plain = head
    if codec != .none {
      let text = try DecodedText(ClosureText.once(head), codec)
      plain = (try? text.next()) ?? Buffer()
    }
    let format = InputFormat.byContent(plain)
    return Detected(
      format: Format(rawValue: format.rawValue) ?? .csv, codec: codec, guess: "content",
      replay: stream)
  }

  /// A file as it is; a stream is taken into memory.
  private static func randomAccess(
    _ source: (any ByteSource)?, _ replay: ReplayText?, _ place: InputPlace
  ) throws(LakeError) -> any ByteSource {
    if let source { return source }
    let all = GrowingBuffer()
    replay?.rewind()
    while let chunk = try replay?.next() {
      all.append(chunk)
      if all.count > 1 << 31 {
        throw LakeError(
          .inputTooLarge, "Parquet and Avro from a stream are held in memory, 2 GiB at most",
          hint: "save it as a file first")
      }
    }
    return BufferSource(all.take())
  }

  /// A function that gives the text from its beginning, decompressed; a stream at most twice.
  private static func opener(
    _ source: (any ByteSource)?, _ replay: ReplayText?, _ codec: Codec, _ meter: InputMeter,
    _ world: World
  ) -> (_ isLast: Bool) throws(LakeError) -> any TextInput {
    { (isLast: Bool) throws(LakeError) -> any TextInput in
      let raw: any TextInput
      if let source {
        let text = SourceText(source)
        raw = ClosureText { () throws(LakeError) in
          let chunk = try text.next()
          if isLast { meter.add(chunk?.count ?? 0) }
          return chunk
        }
      } else {
        if isLast { replay?.rewind() } else { replay?.restart() }
        raw = replay ?? ClosureText { () throws(LakeError) in nil }
      }
      return codec == .none ? raw : try DecodedText(raw, codec, limits: world.limits)
    }
  }

  // MARK: Reading

  /// The rows from the first to the last; called once.
  func rows() throws(LakeError) -> any BatchSource {
    do throws(LakeError) { return try reader() } catch { throw error.ofInput(place.name) }
  }

  private func reader() throws(LakeError) -> any BatchSource {
    let open = Self.opener(source, replay, codec, meter, world)
    switch format {
    case .parquet:
      guard let file else { break }
      return ParquetRows(file, world)
    case .avro:
      return try AvroBatches(
        try Self.randomAccess(source, replay, place), limits: world.limits)
    case .keys:
      var lines = CSVOptions()
      lines.header = false
      lines.delimiter = 0x01
      lines.quote = 0x02
      return try CSVReader(try open(true), schema: schema, options: lines)
    case .csv, .tsv:
      let text = TextColumns(options, world, place.name)
      return try CSVReader(
        try open(true), schema: schema, options: text.csv(isTSV: format == .tsv))
    case .ndjson:
      let text = TextColumns(options, world, place.name)
      return try NDJSONReader(try open(true), schema: schema, options: text.json())
    }
    throw LakeError(.defect, "an input without a reader")
  }
}

extension ClosureText {
  /// One chunk, and no more.
  static func once(_ chunk: Buffer) -> ClosureText {
    var rest: Buffer? = chunk
    return ClosureText { () throws(LakeError) in
      defer { rest = nil }
      return rest
    }
  }
}

/// The rows of a Parquet file, row groups decoded ahead on several threads.
struct ParquetRows: BatchSource {
  let schema: Schema
  private let stream: OrderedStream<Int, RecordBatch>

  init(_ file: ParquetFile, _ world: World) {
    schema = file.schema
    let groups = Array(file.metadata.rowGroups.indices)
    let cancellation = world.cancellation
    stream = OrderedStream(groups, workers: world.workers) {
      (group: Int, emit: (RecordBatch) throws(LakeError) -> Void) throws(LakeError) in
      var batches = try file.batches(rowGroups: [group])
      while let batch = try batches.next() {
        try cancellation.check()
        try emit(batch)
      }
    }
  }

  mutating func next() throws(LakeError) -> RecordBatch? { try stream.next() }
}
