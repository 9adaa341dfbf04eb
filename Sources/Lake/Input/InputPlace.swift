// Spec: 14-text-rows. Where an input is and what its name and first bytes say.
import LakeBase
import LakeCodecs
import LakeStorage
import LakeText

/// One file, pipe or standard input.
struct InputPlace {
  /// As people call it.
  let name: String
  let path: String
  /// Bytes of a regular file; nil for a stream.
  let size: Int?

  static let standardInput = InputPlace(name: "standard input", path: "-", size: nil)

  /// Files stay in the order given; a folder becomes its files, those below it included.
  static func expand(
    _ paths: [String], _ options: InputOptions, _ world: World
  ) throws(LakeError) -> [InputPlace] {
    var places: [InputPlace] = []
    for path in paths {
      if path == "-" {
        guard !places.contains(where: { $0.path == "-" }) else {
          throw LakeError(.usage, "standard input can be read only once")
        }
        places.append(standardInput)
        continue
      }
      guard let kind = try HostFiles.kind(path) else {
        throw LakeError(.inputNotFound, "there is no input \"\(path)\"")
      }
      if kind == .directory {
        let before = places.count
        try walk(path, options, world, 0, &places)
        if places.count == before {
          throw LakeError(
            .inputNotFound, "the folder \"\(path)\" has no file of a known format",
            hint:
              "names end in .csv, .tsv, .ndjson, .json, .parquet or .avro, text also .gz or .zst; "
              + "--input-format names another")
        }
      } else {
        places.append(try file(path, kind))
      }
    }
    return places
  }

  private static func file(_ path: String, _ kind: HostFiles.Kind) throws(LakeError) -> InputPlace {
    InputPlace(
      name: path, path: path, size: kind == .file ? try HostFiles.open(path).count : nil)
  }

  private static func walk(
    _ folder: String, _ options: InputOptions, _ world: World, _ depth: Int,
    _ places: inout [InputPlace]
  ) throws(LakeError) {
    if depth > 32 { throw LakeError(.limitExceeded, "folders are nested too deeply", path: folder) }
    for name in try HostFiles.names(folder) where !name.hasPrefix("_") {
      let path = folder + (folder.hasSuffix("/") ? "" : "/") + name
      switch try HostFiles.kind(path) {
      case .directory?: try walk(path, options, world, depth + 1, &places)
      case .file?:
        let isKeys = options.linesAreKeys && name.hasSuffix(".txt")
        if options.format == nil && InputFormat.byName(name).format == nil && !isKeys {
          world.journal.warning("\(path) is left out: its name tells no format")
        } else {
          places.append(try file(path, .file))
        }
      default: world.journal.warning("\(path) is left out: it is no regular file")
      }
    }
  }
}
