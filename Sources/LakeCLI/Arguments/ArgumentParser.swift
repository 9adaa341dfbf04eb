// Spec: 16-command-line. From words to operands and options.
import LakeBase

/// Splits a command line by the options a command declares.
struct ArgumentParser: Sendable {
  let options: [OptionSpec]
  /// The command for hints; nil before the verb is known.
  let verb: String?

  /// Parses `words`. With `stopAtOperand`, the first operand and all after it are left in `rest`.
  func parse(
    _ words: [String], stopAtOperand: Bool = false
  ) throws(LakeError) -> (arguments: Arguments, rest: [String]) {
    var arguments = Arguments()
    var index = 0
    while index < words.count {
      let word = words[index]
      index += 1
      if word == "--" {
        if stopAtOperand { return (arguments, Array(words[index...])) }
        arguments.operands += words[index...]
        break
      }
      if word.hasPrefix("--") {
        try long(word, words, &index, &arguments)
      } else if word.hasPrefix("-") && word != "-" {
        try letters(word, words, &index, &arguments)
      } else if stopAtOperand {
        return (arguments, Array(words[(index - 1)...]))
      } else {
        arguments.operands.append(word)
      }
    }
    return (arguments, [])
  }

  private func long(
    _ word: String, _ words: [String], _ index: inout Int, _ arguments: inout Arguments
  ) throws(LakeError) {
    let body = word.dropFirst(2)
    let name = String(body.prefix { $0 != "=" })
    let attached = name.count < body.count ? String(body.dropFirst(name.count + 1)) : nil
    guard let option = options.first(where: { $0.long == name && !name.isEmpty }) else {
      throw unknown("--" + name)
    }
    guard option.value != nil else {
      if attached != nil { throw LakeError(.badOptionValue, "\(option.spelling) takes no value") }
      arguments.add(option, "")
      return
    }
    if let attached {
      try accept(option, attached, &arguments)
    } else {
      try accept(option, try following(option, words, &index), &arguments)
    }
  }

  private func letters(
    _ word: String, _ words: [String], _ index: inout Int, _ arguments: inout Arguments
  ) throws(LakeError) {
    var rest = word.dropFirst()
    while let letter = rest.popFirst() {
      guard let option = options.first(where: { $0.short == letter }) else {
        throw unknown("-\(letter)")
      }
      if option.value == nil {
        arguments.add(option, "")
        continue
      }
      let value = rest.isEmpty ? try following(option, words, &index) : String(rest)
      try accept(option, value, &arguments)
      return
    }
  }

  private func following(
    _ option: OptionSpec, _ words: [String], _ index: inout Int
  ) throws(LakeError) -> String {
    guard index < words.count else {
      throw LakeError(
        .badOptionValue, "\(option.spelling) needs a value: \(option.value ?? "")",
        hint: helpHint)
    }
    index += 1
    return words[index - 1]
  }

  private func accept(
    _ option: OptionSpec, _ value: String, _ arguments: inout Arguments
  ) throws(LakeError) {
    if !option.choices.isEmpty && !option.choices.contains(value) {
      let near = Spelling.nearest(to: value, in: option.choices)
      throw LakeError(
        .badOptionValue, "\(option.spelling) cannot be \"\(value)\"",
        hint: near.map { "did you mean \($0)?" }
          ?? "one of " + option.choices.joined(separator: ", "))
    }
    arguments.add(option, value)
  }

  private func unknown(_ spelling: String) -> LakeError {
    let names = options.filter { !$0.long.isEmpty }.map { "--" + $0.long }
    let near = Spelling.nearest(to: spelling, in: names)
    return LakeError(
      .unknownOption,
      "unknown option \(spelling)" + (verb.map { " for \"lake \($0)\"" } ?? ""),
      hint: near.map { "did you mean \($0)?" } ?? helpHint)
  }

  private var helpHint: String { "lake help" + (verb.map { " \($0)" } ?? "") }
}
