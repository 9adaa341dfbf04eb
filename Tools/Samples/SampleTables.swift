// The sample tables, written by the command itself with a fixed clock and seed.
import Glibc
import LakeBase

/// Writes the tables of SampleLake and, as CSV, what a reader must find in them. The answers come from a
/// naive model of the input, and the command must agree with them.
struct SampleTables {
  let command: String
  let root: String

  private struct Step {
    let verb: String
    let words: [String]
  }

  /// What has been kept small enough to live in the project; each with its steps.
  private var tables: [(name: String, steps: [Step])] {
    let trips = root + "/trips"
    let legacy = root + "/legacy"
    let input = root + "/input/"
    let columns =
      "uuid string not null, ts bigint, rider string, driver string, fare decimal(10,2), city string"
    return [
      (
        "trips",
        [
          Step(
            verb: "init",
            words: [trips, "--key", "uuid", "--partition", "city", "--order", "ts", "--columns", columns]),
          Step(verb: "commit", words: [trips, input + "trips-1.csv", "-m", "first rides"]),
          Step(verb: "commit", words: [trips, input + "trips-2.csv", "-m", "fares settled"]),
          Step(
            verb: "commit",
            words: [trips, input + "trips-3.csv", "-o", "delete", "-m", "two rides withdrawn"]),
        ]
      ),
      (
        "legacy",
        [
          Step(
            verb: "init",
            words: [
              legacy, "--key", "uuid", "--partition", "city", "--order", "ts", "--version", "6",
              "--columns", columns,
            ]),
          Step(verb: "commit", words: [legacy, input + "trips-1.csv", "-m", "first rides"]),
          Step(verb: "commit", words: [legacy, input + "trips-2.csv", "-m", "fares settled"]),
        ]
      ),
    ]
  }

  func write() throws(LakeError) {
    let input = writtenInput()
    for (index, lines) in input.enumerated() {
      try put(lines, "\(root)/input/trips-\(index + 1).csv")
    }
    for (name, steps) in tables {
      let answers = "\(root)/expected/\(name)"
      _ = try run(["rm", "-rf", "\(root)/\(name)", answers])
      _ = try run(["mkdir", "-p", answers])
      var rides: [Substring: String] = [:]
      for (index, step) in steps.enumerated() {
        let summary = try run(
          [command, step.verb] + step.words + (index > 0 ? ["--author", "sample"] : [])
            + ["--json", "--seed", "\(index + 1)", "--clock", "2026-03-01T10:0\(index):00Z"])
        guard index > 0, let instant = Self.field("instant", summary) else { continue }
        Self.apply(input[index - 1], isDelete: index == 3, to: &rides)
        let wanted = [input[0][0]] + rides.values.sorted()
        let rows = try run([command, "read", "\(root)/\(name)@\(instant)", "--format", "csv"])
        let lines = rows.split(separator: "\n").map(String.init)
        guard [lines.first ?? ""] + lines.dropFirst().sorted() == wanted else {
          throw LakeError(.defect, "\(name)@\(instant) is not what its input says")
        }
        try put(wanted, "\(answers)/snapshot@\(instant).csv")
      }
      // Who held the lock last is no part of a table.
      _ = try run(["rm", "-rf", "\(root)/\(name)/.hoodie/.locks"])
      print("\(root)/\(name): \(steps.count - 1) commits")
    }
  }

  /// One commit on a dictionary from key to row: the input's times only grow, so the later row wins.
  private static func apply(
    _ lines: [String], isDelete: Bool, to rides: inout [Substring: String]
  ) {
    for line in lines.dropFirst() { rides[line.prefix { $0 != "," }] = isDelete ? nil : line }
  }

  private func put(_ lines: [String], _ path: String) throws(LakeError) {
    try Files.write(Buffer(utf8: lines.joined(separator: "\n") + "\n"), path)
  }

  /// Twenty-four rides in three cities, then changes to nine of them, then two keys to delete.
  private func writtenInput() -> [[String]] {
    let cities = ["san_francisco", "sao_paulo", "chennai"]
    func ride(_ i: Int, _ settled: Bool) -> String {
      let digits = String(i, radix: 16)
      let uuid = String(repeating: "0", count: 8 - digits.count) + digits
      let cents = (i * 977 + 1350) % 9000 + (settled ? 125 : 0)
      let fare = "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
      let time = 1_772_359_200_000 + i * 61_000 + (settled ? 3_600_000 : 0)
      return "\(uuid),\(time),rider-\(i % 7),driver-\(i % 5),\(fare),\(cities[i % 3])"
    }
    let head = "uuid,ts,rider,driver,fare,city"
    let first = [head] + (0..<24).map { ride($0, false) }
    let second = [head] + stride(from: 1, to: 27, by: 3).map { ride($0, true) }
    let third = ["uuid,city", "00000004,sao_paulo", "00000009,san_francisco"]
    return [first, second, third]
  }

  private static func field(_ name: String, _ json: String) -> String? {
    guard let line = json.split(separator: "\n").last,
      let found = line.firstRange(of: "\"\(name)\":\"")
    else { return nil }
    return String(line[found.upperBound...].prefix { $0 != "\"" })
  }

  /// Runs a program and gives its standard output.
  private func run(_ words: [String]) throws(LakeError) -> String {
    let quoted = words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
    guard let pipe = popen(quoted, "r") else { throw LakeError(.ioFailed, words[0]) }
    let all = GrowingBuffer()
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, pipe)
      if count == 0 { break }
      all.append(Array(chunk[0..<count]))
    }
    guard pclose(pipe) == 0 else { throw LakeError(.ioFailed, "failed: " + quoted) }
    return all.take().lossyText
  }
}
