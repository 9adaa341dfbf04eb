// Regenerates SampleLake: `lake-samples input DATA` derives SampleLake/input from the flights of 2013,
// `lake-samples tables LAKE` writes the sample tables with the command at that path and the answers
// beside them. Both write the same bytes on every run.
import Glibc
import LakeBase

@main
struct Samples {
  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    do throws(LakeError) {
      switch (words.first, words.count) {
      case ("input", 2): try SampleInput(data: words[1], output: "SampleLake/input").write()
      case ("tables", 2): try SampleTables(command: words[1], root: "SampleLake").write()
      default:
        complain("usage: lake-samples input DATA | tables LAKE   (from the project's root)")
        exit(2)
      }
    } catch {
      complain(error.description)
      exit(1)
    }
  }

  static func complain(_ text: String) { _ = (text + "\n").withCString { Glibc.write(2, $0, strlen($0)) } }
}
