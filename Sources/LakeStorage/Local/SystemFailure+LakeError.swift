// Spec: 15-storage, codes. What the system said, as an error of ours.
import LakeBase

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension SystemFailure {
  /// The code for an error number. [STORE-40]
  var code: LakeCode {
    switch number {
    case ENOSPC, EDQUOT: .diskFull
    case EROFS: .readOnlyFileSystem
    case EACCES, EPERM: .permissionDenied
    case EMFILE, ENFILE: .descriptorsExhausted
    case ENOENT: .fileNotFound
    case EEXIST: .fileExists
    case ELOOP, ENXIO, ENOTDIR, EISDIR: .notRegularFile
    case ENAMETOOLONG, EILSEQ: .pathInvalid
    case EXDEV: .nameNotPreserved
    default: .ioFailed
    }
  }

  /// Whether the operation may have happened although an error was returned (R17).
  var isAmbiguous: Bool { code == .ioFailed }

  /// - Parameters:
  ///   - operation: what we tried, for example `cannot write`.
  ///   - writing: whether to say that nothing was committed; only where that is true (R12-R17).
  func lakeError(_ operation: String, _ path: StoragePath, writing: Bool = false) -> LakeError {
    let promise = writing ? "; nothing was committed" : ""
    var detail = text
    if number == EXDEV { detail = "the table spans file systems (\(text))" }
    if number == ELOOP { detail = "a symbolic link is in the way (\(text))" }
    return LakeError(
      code, "\(operation): \(detail)\(promise)", path: path.isRoot ? "." : path.text, hint: hint,
      facts: [("errno", String(number))])
  }

  private var hint: String? {
    switch number {
    case ENOSPC: "free space on this file system, then run the same command again"
    case EDQUOT: "raise the quota or free space, then run the same command again"
    case EMFILE: "raise the limit of open files (ulimit -n)"
    case EXDEV: "keep the whole table directory on one file system (S08)"
    default: nil
    }
  }
}
