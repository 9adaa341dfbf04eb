// A month of real flights, and two files that change them, by a fixed rule.
import Glibc
import LakeBase
import LakeCodecs

/// Derives SampleLake/input from `flights.csv.gz`, `airports.csv` and `planes.csv`.
///
/// - `flights-2013-01.csv.gz`: every flight of January 2013, all 19 columns, in the file's order.
/// - `corrections-2013-01.csv.gz`: every flight of it that left two hours late or more, with both delays
///   (where known) five minutes smaller, as if the clock at the gate had been wrong.
/// - `cancellations-2013-01.csv.gz`: the flights of it that never left (no `dep_time`), key columns only.
/// - `airports.csv.gz`, `planes.csv.gz`: unchanged.
struct SampleInput {
  let data: String
  let output: String
  static let key = ["year", "month", "day", "carrier", "flight", "origin", "sched_dep_time"]

  func write() throws(LakeError) {
    let lines = try text(of: "flights.csv.gz").split(separator: "\n")
    guard let head = lines.first else { throw malformed("no header") }
    let names = head.split(separator: ",").map(String.init)
    func column(_ name: String) throws(LakeError) -> Int {
      guard let index = names.firstIndex(of: name) else { throw malformed("no column \(name)") }
      return index
    }
    let month = try column("month")
    let left = try column("dep_time")
    let delays = [try column("dep_delay"), try column("arr_delay")]
    var keys: [Int] = []
    for name in Self.key { keys.append(try column(name)) }

    var flights = [String(head)]
    var corrections = [String(head)]
    var cancellations = [Self.key.joined(separator: ",")]
    for line in lines.dropFirst() {
      var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == names.count else { throw malformed("a row of \(fields.count) fields") }
      guard fields[month] == "1" else { continue }
      flights.append(String(line))
      if fields[left] == "NA" {
        cancellations.append(keys.map { fields[$0] }.joined(separator: ","))
      } else if let delay = Int(fields[delays[0]]), delay >= 120 {
        for index in delays {
          if let minutes = Int(fields[index]) { fields[index] = String(minutes - 5) }
        }
        corrections.append(fields.joined(separator: ","))
      }
    }
    try put(flights, "flights-2013-01.csv.gz")
    try put(corrections, "corrections-2013-01.csv.gz")
    try put(cancellations, "cancellations-2013-01.csv.gz")
    for name in ["airports", "planes"] {
      let text = try text(of: name + ".csv")
      try put(text.split(separator: "\n").map(String.init), name + ".csv.gz")
    }
  }

  private func malformed(_ why: String) -> LakeError {
    LakeError(.inputMalformed, "flights.csv.gz: \(why)")
  }

  private func text(of name: String) throws(LakeError) -> String {
    let raw = try Files.read(data + "/" + name)
    guard name.hasSuffix(".gz") else { return raw.lossyText }
    let decoder = try StreamDecoder(.gzip)
    let plain = GrowingBuffer()
    try decoder.decode(raw, into: plain)
    try decoder.finish()
    return plain.take().lossyText
  }

  private func put(_ lines: [String], _ name: String) throws(LakeError) {
    let encoder = try StreamEncoder(.gzip, deflateLevel: 9)
    let packed = GrowingBuffer()
    try encoder.encode(Buffer(utf8: lines.joined(separator: "\n") + "\n"), into: packed)
    try encoder.finish(into: packed)
    let bytes = packed.take()
    try Files.write(bytes, output + "/" + name)
    print("\(output)/\(name): \(lines.count - 1) rows, \(bytes.count) bytes")
  }
}

/// Whole files, for a workshop.
enum Files {
  static func read(_ path: String) throws(LakeError) -> Buffer {
    guard let file = fopen(path, "rb") else { throw LakeError(.inputNotFound, path) }
    defer { fclose(file) }
    let all = GrowingBuffer()
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return all.take() }
      all.append(Array(chunk[0..<count]))
    }
  }

  static func write(_ bytes: Buffer, _ path: String) throws(LakeError) {
    guard let file = fopen(path, "wb") else { throw LakeError(.ioFailed, path) }
    let written = bytes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> Int in
      fwrite(raw.baseAddress, 1, raw.count, file)
    }
    guard fclose(file) == 0, written == bytes.count else { throw LakeError(.ioFailed, path) }
  }
}
