// Spec: 16-command-line. The command `lake`: one call, then ordinary functions (a closure written
// in `main` would carry a run-time isolation check).

@main
struct LakeCommand {
  static func main() { runProcess() }
}
