// The fuzz targets: one function per decoder, chosen by the name under which the program runs
// (`fuzz-json`, `fuzz-codecs`, …). `Tools/Fuzz/run` builds, seeds and runs them.
//
// A typed error is a good answer; a trap, a hang, a leak beyond the limit, or two readings of the
// same bytes that differ are findings.
import LakeBase

enum Fuzz {
  static let targets: [String: @Sendable (Buffer) throws(LakeError) -> Void] = [
    "hfile": FuzzHFile.run,
    "footer": FuzzParquet.footer,
    "chunks": FuzzParquet.chunks,
    "codecs": FuzzCodecs.run,
    "avro-schema": FuzzAvro.schema,
    "avro-container": FuzzAvro.container,
    "avro-columns": FuzzAvro.columns,
    "archive": FuzzArchive.run,
    "commit-metadata": FuzzMetadata.run,
    "log": FuzzLog.run,
    "csv": FuzzRows.csv,
    "ndjson": FuzzRows.ndjson,
    "properties": FuzzText.properties,
    "json": FuzzText.json,
    "predicate": FuzzPredicate.run,
    "schema-history": FuzzSchema.history,
  ]

  /// The target named by the last part of the program's path, without `fuzz-`.
  static let chosen: @Sendable (Buffer) throws(LakeError) -> Void = {
    let program = CommandLine.arguments.first ?? ""
    let name = program.split(separator: "/").last.map { String($0) } ?? ""
    guard name.hasPrefix("fuzz-"), let target = targets[String(name.dropFirst(5))] else {
      preconditionFailure("run as fuzz-NAME, NAME one of \(targets.keys.sorted())")
    }
    return target
  }()
}

/// What libFuzzer calls, once per input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // A copy of the exact size, so that the sanitizer sees every step beyond its end.
  let memory = UnsafeMutableRawPointer.allocate(byteCount: Swift.max(count, 1), alignment: 1)
  if let start { memory.copyMemory(from: start, byteCount: count) }
  let owner = Memory(adopting: memory, byteCount: count) { pointer, _ in pointer.deallocate() }
  do throws(LakeError) { try Fuzz.chosen(Buffer(owner, count: count)) } catch {}
  return 0
}

/// Constants live as long as the program. Those built of indirect enums hang on tagged pointers,
/// which the leak check cannot follow.
@_cdecl("__lsan_default_suppressions")
public func leakSuppressions() -> UnsafePointer<CChar> {
  let text: StaticString = "leak:once_slow"
  return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}
