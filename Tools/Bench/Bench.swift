// `lake-bench`: named workloads with medians, and the sums that the comparison with other engines asks for.
//
//   lake-bench scan TABLE [--select c,…] [--where EXPR] [--mode read-optimized] [--memory 256MiB] [--matching position]
//     [--threads N] [--runs N]                                         rows and sums
//   lake-bench get TABLE KEY                                             the row of a key
//   lake-bench open FOLDER [--instants 0,1000,10000] [--version 9] [--lake PROGRAM] [--runs N]
//                                                      opening tables with long timelines, made in FOLDER
//   lake-bench lookup TABLE KEY [--lake PROGRAM] [--runs N]              how long getting a row takes
//   lake-bench micro TABLE FOLDER                                        one commit for each file
//   lake-bench run WORKLOAD FILE [--runs N] [--threads N]                one JSON line
import Glibc
import LakeBase
import LakeStorage

/// Words and options of one call.
struct Call {
  var words: [String] = []
  private var options: [String: String] = [:]

  init(_ given: [String]) throws(LakeError) {
    var index = 0
    while index < given.count {
      let word = given[index]
      index += 1
      guard word.hasPrefix("--") else {
        words.append(word)
        continue
      }
      guard index < given.count else { throw LakeError(.usage, "\(word) needs a value") }
      options[String(word.dropFirst(2))] = given[index]
      index += 1
    }
  }

  subscript(name: String) -> String? { options[name] }
  func number(_ name: String, default missing: Int) -> Int {
    options[name].flatMap(Int.init) ?? missing
  }
  var workers: Workers { Workers(width: options["threads"].flatMap(Int.init)) }
}

@main
struct Bench {
  static func main() {
    HostProcess.keepFreedMemory()
    do throws(LakeError) {
      var call = try Call(Array(CommandLine.arguments.dropFirst()))
      let verb = call.words.isEmpty ? "" : call.words.removeFirst()
      switch (verb, call.words.count) {
      case ("scan", 1): try TableWork(call).scan()
      case ("get", 2): try TableWork(call).get(call.words[1])
      case ("open", 1): try Opening.run(call.words[0], call)
      case ("lookup", 2): try Opening.lookUp(call.words[0], call.words[1], call)
      case ("micro", 2): try TableWork(call).micro(call.words[1])
      case ("run", 2): try Workload.run(call.words[0], call.words[1], call)
      default:
        throw LakeError(
          .usage, "lake-bench scan|get|open|lookup|micro|run …",
          hint: "workloads: " + Workload.names.joined(separator: ", "))
      }
    } catch {
      let text = "\(error.description)\(error.hint.map { "\n" + $0 } ?? "")\n"
      _ = text.withCString { Glibc.write(2, $0, strlen($0)) }
      exit(error.kind.exitStatus)
    }
  }
}
