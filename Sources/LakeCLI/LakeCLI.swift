// LakeCLI: the command `lake`.
//
// A face: it turns words into calls of `Lake` and results into text, and decides nothing about
// tables. Each command is one file in Commands/ and declares its operands and options as a value
// (`CommandSpec`); parsing, help and "did you mean" are rendered from that one table. All text
// leaves through one `Output`, which knows whether a person, a pipe or a program reads, and all
// lists are laid out by one `TextTable`. Nothing here touches the system: streams, signals and the
// environment come through a `Console`, so tests run whole commands in memory.
//
// Read on in this order: LakeCommand (main), Program (one run from words to exit status),
// Arguments/CommandSpec, Arguments/ArgumentParser, Session, Output/Output, Commands/CommandList.
// Spec: 16-command-line.
